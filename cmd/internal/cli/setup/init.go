package setup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/cmd/internal/vendorlist"
	"vendorwatch/cmd/internal/words"
)

type initFlags struct {
	vendors       []string
	from, contact string
	slack         bool
}

// InitCommand returns the command that writes a config file.
func InitCommand(s Shell) *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a config file to begin with",
		Long: `init writes a short config file with your vendors, and asks for what is not given if it runs on a
terminal. It asks nothing of the network, and never writes over a file.

  vendorwatch init --vendors github,stripe,https://status.acme.com --contact ops@your-company.com

A vendor is the name of one in the built-in catalogue, or the address of a status page. --from takes a list
of them, as vendors add does.`,
		Args: s.Takes(0, 0, "no arguments; vendors are named by --vendors"),
		RunE: func(*cobra.Command, []string) error { return s.init(f) },
	}
	c.Flags().StringSliceVar(&f.vendors, "vendors", nil, "names or addresses, with commas between them")
	c.Flags().StringVar(&f.from, "from", "", "a file with names or addresses, - for standard input")
	c.Flags().StringVar(&f.contact, "contact", "",
		"your mail address or web page, which is sent with every request")
	c.Flags().BoolVar(&f.slack, "slack", false, "report to Slack, by the webhook in VENDORWATCH_SLACK_URL")
	return c
}

func (s Shell) init(f initFlags) error {
	if _, err := os.Lstat(s.ConfigPath()); err == nil { // before anybody types anything
		return create(s.ConfigPath(), "")
	}
	wishes, err := s.wishes(f.vendors, f.from)
	if err != nil {
		return err
	}
	ask := asker{out: s.Stderr}
	if f.from != "-" && isTerminal(s.Stdin) {
		ask.in = bufio.NewReader(s.Stdin)
	}
	matches := vendorlist.Find(wishes)
	if matches, err = ask.vendors(matches); err != nil {
		return err
	}
	if f, err = ask.rest(f); err != nil {
		return err
	}
	text := startText(f, matches)
	if _, err := config.Parse(s.ConfigPath(), []byte(text), s.Kinds, nil); err != nil {
		var mistakes tomlcheck.Mistakes
		if errors.As(err, &mistakes) {
			return fmt.Errorf("nothing was written, since the file would have mistakes:\n%w", err)
		}
		return err
	}
	if err := create(s.ConfigPath(), text); err != nil {
		return err
	}
	fmt.Fprintf(s.Stderr, "%s written, with %s\n", s.ConfigPath(), words.Count(len(matches), "vendor"))
	fmt.Fprintf(s.Stderr, "next: %s\n", s.command("serve"))
	return nil
}

// isTerminal reports whether a person may be typing.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// An asker asks whoever types. Without a reader it tells what is missing.
type asker struct {
	in  *bufio.Reader
	out io.Writer
}

func (a asker) line(question string) (string, error) {
	fmt.Fprint(a.out, question)
	text, err := a.in.ReadString('\n')
	if err != nil && text == "" {
		return "", flags.Mistakef("nothing was written: the answer is missing")
	}
	return strings.TrimSpace(text), nil
}

// vendors returns what is to be watched, and asks until that is known.
func (a asker) vendors(matches []vendorlist.Match) ([]vendorlist.Match, error) {
	var good, bad []vendorlist.Match
	for _, m := range matches {
		if m.Result == vendorlist.Found || m.Result == vendorlist.Address {
			good = append(good, m)
		} else {
			bad = append(bad, m)
		}
	}
	switch {
	case a.in == nil && len(matches) == 0:
		return nil, flags.Mistakef("init needs vendors; write for example --vendors github,stripe")
	case a.in == nil && len(bad) > 0:
		var text strings.Builder
		for _, m := range bad {
			fmt.Fprintf(&text, "\n%q: %s", m.Given(), m.Why)
		}
		return nil, flags.Mistakef("nothing was written:%s", &text)
	case len(bad) == 0 && len(good) > 0:
		return good, nil
	}
	question := "Which vendors does your company depend on? Names, or addresses of status pages, with commas between " +
		"them:\n> "
	for _, m := range bad {
		fmt.Fprintf(a.out, "%q: %s\n", m.Given(), m.Why)
		question = "What to watch in place of these; nothing leaves them out:\n> "
	}
	text, err := a.line(question)
	if err != nil {
		return nil, err
	}
	var wishes []vendorlist.Wish
	for _, m := range good {
		wishes = append(wishes, m.Wish)
	}
	return a.vendors(vendorlist.Find(append(wishes, vendorlist.Of([]string{text})...)))
}

// rest asks for what the file needs beside vendors.
func (a asker) rest(f initFlags) (initFlags, error) {
	asked := false
	for !config.GoodContact(f.contact) {
		if f.contact != "" || a.in == nil {
			problem := fmt.Sprintf("%q is neither a mail address nor a web page", f.contact)
			if f.contact == "" {
				problem = "vendors block readers that do not say who they are"
			}
			if a.in == nil {
				return f, flags.Mistakef("--contact: %s; write for example --contact ops@your-company.com", problem)
			}
			fmt.Fprintln(a.out, problem)
		}
		var err error
		f.contact, err = a.line("Your mail address or web page, which is sent with every request:\n> ")
		if err != nil {
			return f, err
		}
		asked = true
	}
	if asked && !f.slack {
		answer, err := a.line("Report to Slack, by the webhook in the variable VENDORWATCH_SLACK_URL? [y/N] ")
		if err != nil {
			return f, err
		}
		f.slack = strings.HasPrefix(strings.ToLower(answer), "y")
	}
	return f, nil
}

// startText is a config file to begin with.
func startText(f initFlags, matches []vendorlist.Match) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# vendorwatch reads this file. docs/config.md and "vendorwatch config example" have every key.
database = "vendorwatch.db"
schedule = "*/5 * * * *" # when the pages are read: every five minutes
time_zone = "UTC"        # of schedules

[fetch]
contact = %q

`, f.contact)
	if f.slack {
		b.WriteString(`[[digest]] # what is new, from Monday to Friday at nine
schedule = "0 9 * * 1-5"
channels = ["team"]

[alerts] # at once: incidents of severity major and critical
channels = ["team"]

[[channel]]
name = "team"
type = "slack"
url_env = "VENDORWATCH_SLACK_URL"
`)
	} else {
		b.WriteString(`[[digest]] # what is new, from Monday to Friday at nine
schedule = "0 9 * * 1-5"
channels = [] # it is printed; Slack, mail and others are a [[channel]]: docs/reporting.md
`)
	}
	for _, m := range matches {
		b.WriteString("\n" + vendorText(m))
	}
	return b.String()
}

// vendorText is the lines of the config file that watch what was found.
func vendorText(m vendorlist.Match) string {
	if m.Result == vendorlist.Found {
		return config.VendorTOML(m.Entry.Name, m.Entry.Page, m.Entry.Platform)
	}
	page := m.URL
	if !strings.Contains(page, "://") {
		page = "https://" + page
	}
	if address, err := config.PageURL(page); err == nil {
		page = address
	}
	return config.VendorTOML(nameOf(m, page), page, "")
}

// nameOf is the name of a vendor of which only the page is known.
func nameOf(m vendorlist.Match, page string) string {
	if m.Name != "" {
		return m.Name
	}
	if u, err := url.Parse(page); err == nil && u.Host != "" {
		return strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return page
}
