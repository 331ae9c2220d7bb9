package running

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ManualCommand returns the command that prints the page of the manual, of which packages are made.
func ManualCommand(s Shell) *cobra.Command {
	return &cobra.Command{
		Use:    "manual",
		Short:  "Print the page of the manual, for man",
		Hidden: true,
		Args:   s.Takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(s.Stdout, Manual(cmd.Root()))
			return err
		},
	}
}

// Manual is the page vendorwatch(1), made of the help of all commands.
func Manual(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(".TH VENDORWATCH 1\n.SH NAME\nvendorwatch \\- " + roff(lower(root.Short)) + "\n" +
		".SH SYNOPSIS\n.B vendorwatch\n.RI [ flags ] \" command \" [ arguments ]\n.SH DESCRIPTION\n")
	paragraphs(&b, root.Long)
	b.WriteString(".SH FLAGS OF ALL COMMANDS\n")
	options(&b, root.PersistentFlags())
	b.WriteString(".SH COMMANDS\n")
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, below := range c.Commands() {
			if below.Hidden || !below.IsAvailableCommand() && !below.HasAvailableSubCommands() {
				continue
			}
			if below.Runnable() && below.Name() != "help" && below.Name() != "completion" {
				fmt.Fprintf(&b, ".SS %s\n", roff(below.UseLine()))
				text := below.Long
				if text == "" {
					text = below.Short + "."
				}
				paragraphs(&b, text)
				options(&b, below.LocalNonPersistentFlags())
			}
			if below.Name() != "completion" {
				walk(below)
			}
		}
	}
	walk(root)
	b.WriteString(`.SH EXIT STATUS
0 after success, 1 after a failure, 2 after wrong usage;
.B ok
ends with 3 where it is not known.
.SH FILES
.TP
.I config.toml
the config file, in the folder in which the program is started; the packages have it as
.IR /etc/vendorwatch/config.toml .
.TP
.I vendorwatch.db
the record, a SQLite file; the packages have it in
.IR /var/lib/vendorwatch .
`)
	return b.String()
}

// paragraphs writes a text; lines that are indented stay as they are.
func paragraphs(b *strings.Builder, text string) {
	for block := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(block, "  ") {
			fmt.Fprintf(b, ".PP\n.nf\n%s\n.fi\n", roff(block))
			continue
		}
		fmt.Fprintf(b, ".PP\n%s\n", roff(block))
	}
}

func options(b *strings.Builder, all *pflag.FlagSet) {
	all.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "version" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace("--"+f.Name+" "+value)), roff(usage))
	})
}

// roff is text as it stands in the source of a manual: a line that begins with a dot would be an order.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...").Replace(text)
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[n] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

func lower(text string) string {
	if text == "" {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
