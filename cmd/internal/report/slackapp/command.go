package slackapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

const help = "`/vendorwatch` shows how your vendors do\n" +
	"`/vendorwatch github` one vendor, and what is open there\n" +
	"`/vendorwatch search card payments` incidents with these words\n" +
	"`/vendorwatch mute github 2h their move` holds the alerts of a vendor, or of an incident by its number\n" +
	"`/vendorwatch ack 17` says that you take care of an incident, which stops its reminders\n" +
	"`/vendorwatch note 17 their support says 20 minutes` writes a note to it"

// The most lines of an answer, so that it fits one message.
const mostLines = 20

// Command answers what somebody typed behind /vendorwatch, in mrkdwn. What is wrong with it is in the answer; an error
// is one of ours.
func (a *App) Command(ctx context.Context, who, typed string) (string, error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(typed), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(first) {
	case "":
		return a.vendors(ctx)
	case "help":
		return help, nil
	case "search":
		return a.search(ctx, rest)
	case "mute":
		return a.mute(ctx, who, rest)
	case "ack", "acknowledge":
		return a.onIncident(ctx, who, query.ActionAcknowledge, rest)
	case "note":
		return a.onIncident(ctx, who, query.ActionNote, rest)
	}
	name := strings.TrimSpace(typed)
	slug, hint, err := a.named(ctx, name)
	switch {
	case err != nil:
		return "", err
	case slug == "":
		return fmt.Sprintf("There is no vendor “%s”. %s\n%s", escape(name, 80), hint, help), nil
	}
	return a.vendor(ctx, slug)
}

func escape(s string, limit int) string { return blockkit.Escape(words.OneLine(s), limit) }

// named finds a vendor by its slug or name; without one, it says what there is instead.
func (a *App) named(ctx context.Context, name string) (slug, hint string, err error) {
	vendors, err := a.DB.Vendors(ctx, a.Now())
	if err != nil {
		return "", "", err
	}
	slug, near := words.VendorNamed(vendors, name)
	if near != "" {
		hint = "Did you mean `" + near + "`?"
	}
	return slug, hint, nil
}

// vendors says how all vendors do, those that are not well first.
func (a *App) vendors(ctx context.Context) (string, error) {
	all, err := a.DB.Statuses(ctx, a.Now())
	if err != nil {
		return "", err
	}
	var lines []string
	well, watched := 0, 0
	for _, s := range all {
		switch {
		case !s.Watched():
			continue
		case s.Well():
			well++
		default:
			lines = append(lines, a.statusLine(s))
		}
		watched++
	}
	switch {
	case watched == 0:
		return "No vendor is watched yet.", nil
	case len(lines) == 0:
		return fmt.Sprintf("All of your %s are well.", words.Count(watched, "vendor")), nil
	}
	head := fmt.Sprintf("*%d of %s not known to be well*", len(lines), words.Count(watched, "vendor"))
	text := cut(head, lines)
	if well > 0 {
		text += fmt.Sprintf("\n%s known to be well.", words.Count(well, "vendor"))
	}
	return text, nil
}

// cut joins lines below a heading, and says how many did not fit.
func cut(head string, lines []string) string {
	more := len(lines) - mostLines
	if more > 0 {
		lines = append(slices.Clone(lines[:mostLines]), fmt.Sprintf("… and %d more", more))
	}
	return strings.Join(append([]string{head}, lines...), "\n")
}

func (a *App) statusLine(s query.Status) string {
	line := "• *" + escape(cmp.Or(s.VendorName, s.Vendor), 80) + "* " + escape(words.Status(s), 120)
	if s.SinceAt != "" {
		line += " since " + a.moment(s.SinceAt)
	}
	return line
}

func (a *App) moment(stored string) string {
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := words.Time(stored)
	return blockkit.LocalTime(at, words.Moment(at, zone, a.Now()))
}

// vendor says how one vendor does, and what is open there.
func (a *App) vendor(ctx context.Context, slug string) (string, error) {
	all, err := a.DB.Statuses(ctx, a.Now())
	if err != nil {
		return "", err
	}
	n := slices.IndexFunc(all, func(s query.Status) bool { return s.Vendor == slug })
	if n < 0 {
		return "Nothing is known of `" + slug + "` yet.", nil
	}
	open, err := a.DB.Incidents(ctx, query.Filter{Vendor: slug, Open: true, Limit: mostLines + 1})
	if err != nil {
		return "", err
	}
	mutes, err := a.DB.Mutes(ctx, a.Now())
	if err != nil {
		return "", err
	}
	var lines []string
	for _, i := range open {
		lines = append(lines, a.line(i))
	}
	for _, m := range mutes {
		if m.Vendor == slug && m.IncidentID == 0 {
			lines = append(lines, fmt.Sprintf("🔇 muted by %s until %s", escape(m.Who, 80), a.moment(m.UntilAt)))
		}
	}
	if len(open) == 0 {
		lines = append(lines, "No incident is open on record.")
	}
	return cut(a.statusLine(all[n]), lines), nil
}

// line is an incident in one line, with the number by which commands name it.
func (a *App) line(i query.Incident) string {
	link := cmp.Or(message.WebLink(a.record(i.IncidentID)), message.WebLink(i.URL), message.WebLink(i.PageURL))
	text := fmt.Sprintf("• `%d` %s: %s", i.IncidentID, escape(cmp.Or(i.VendorName, i.Vendor), 80),
		blockkit.Link(link, escape(i.Title, 120)))
	text += " · " + words.Severity(i.Severity) + " · " + words.Spell(i.State)
	if at := cmp.Or(i.StartedAt, i.ScheduledStartAt); at != "" {
		text += " · " + a.moment(at)
	}
	if i.AcknowledgedBy != "" && !normalize.State(i.State).Over() {
		text += " · acknowledged by " + escape(i.AcknowledgedBy, 80)
	}
	return text
}

func (a *App) record(id int64) string {
	if a.DashboardURL == "" {
		return ""
	}
	return strings.TrimRight(a.DashboardURL, "/") + "/incidents/" + strconv.FormatInt(id, 10)
}

func (a *App) search(ctx context.Context, wanted string) (string, error) {
	if wanted == "" {
		return "Write what to search for, such as `/vendorwatch search card payments`.", nil
	}
	page, err := a.DB.History(ctx, query.HistoryFilter{Filter: query.Filter{Search: wanted, Limit: 10}})
	if err != nil {
		return "", err
	}
	if len(page.Incidents) == 0 {
		return fmt.Sprintf("No incident on record has the words “%s”.", escape(wanted, 80)), nil
	}
	var lines []string
	for _, i := range page.Incidents {
		lines = append(lines, a.line(i))
	}
	if page.Next != "" {
		lines = append(lines, "These are the newest ten; more words find fewer.")
	}
	return cut(fmt.Sprintf("*Incidents with “%s”*", escape(wanted, 80)), lines), nil
}

// mute reads "github 2h why" or "17 2h why".
func (a *App) mute(ctx context.Context, who, rest string) (string, error) {
	const example = "Write for example `/vendorwatch mute github 2h`, or with the number of an incident `mute 17 2h`."
	fields := strings.Fields(rest)
	// The name of a vendor may have spaces: what stands before the first length of time is the name.
	at := slices.IndexFunc(fields, func(f string) bool {
		length, err := words.Length(f)
		return err == nil && length > 0
	})
	if at < 1 {
		return "It is not said for how long, or whom. " + example, nil
	}
	length, _ := words.Length(fields[at])
	n := ledger.NewAction{Kind: query.ActionMute, Who: who, Text: strings.Join(fields[at+1:], " "),
		Until: a.Now().Add(length)}
	name := strings.Join(fields[:at], " ")
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		n.IncidentID = id
	} else {
		slug, hint, err := a.named(ctx, name)
		if err != nil {
			return "", err
		}
		if slug == "" {
			return strings.TrimSpace(fmt.Sprintf("There is no vendor “%s”. %s", escape(name, 80), hint)), nil
		}
		n.Vendor = slug
	}
	return a.act(ctx, n)
}

// onIncident reads "17 words", the words of an acknowledgement or a note.
func (a *App) onIncident(ctx context.Context, who string, kind query.ActionKind, rest string) (string, error) {
	number, text, _ := strings.Cut(rest, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id <= 0 {
		return "Name the incident by its number, such as `/vendorwatch ack 17` or `/vendorwatch note 17 their " +
			"words`; `/vendorwatch github` shows the numbers of what is open.", nil
	}
	return a.act(ctx, ledger.NewAction{Kind: kind, IncidentID: id, Who: who, Text: text})
}

// act puts an action on record, and says so.
func (a *App) act(ctx context.Context, n ledger.NewAction) (string, error) {
	said, refused, err := a.try(ctx, n)
	return cmp.Or(said, refused), err
}

// try puts an action on record. It returns what to say about it, or why it cannot be done.
func (a *App) try(ctx context.Context, n ledger.NewAction) (said, refused string, err error) {
	n.Via = query.ViaSlack
	done, err := a.Ledger.Act(ctx, n, a.Now())
	var bad ledger.BadAction
	switch {
	case errors.As(err, &bad):
		return "", "That cannot be done: " + escape(bad.Error(), 200) + ".", nil
	case errors.Is(err, db.ErrNotFound):
		return "", fmt.Sprintf("There is no incident %d on record.", n.IncidentID), nil
	case err != nil:
		return "", "", err
	}
	if a.OnAction != nil {
		a.OnAction()
	}
	about := escape(done.VendorName, 80)
	if done.IncidentID != 0 {
		about = fmt.Sprintf("incident %d (%s: %s)", done.IncidentID, about, escape(done.Title, 100))
	}
	switch done.Kind {
	case query.ActionMute:
		return fmt.Sprintf("Muted until %s: %s. `vendorwatch mute end %d` on the command line ends it sooner.",
			a.moment(done.UntilAt), about, done.ActionID), "", nil
	case query.ActionAcknowledge:
		return "You have acknowledged " + about + ". Its reminders stop.", "", nil
	}
	return "Your note is on record for " + about + ".", "", nil
}

// Buttons are the ids of the buttons that do something; those of links only open a page.
var Buttons = []string{blockkit.ButtonMute, blockkit.ButtonAcknowledge, blockkit.ButtonNote}

const noIncident = "This button belongs to no incident on record; an example's buttons do nothing."

// incidentOf is the incident of a button, by its value.
func incidentOf(value string) (id int64, ok bool) {
	id, err := strconv.ParseInt(value, 10, 64)
	return id, err == nil && id > 0
}

// button does what a button of a message is for.
func (a *App) button(ctx context.Context, who, button, value string) (string, error) {
	id, ok := incidentOf(value)
	if !ok {
		return noIncident, nil
	}
	n := ledger.NewAction{Kind: query.ActionAcknowledge, IncidentID: id, Who: who}
	if button == blockkit.ButtonMute {
		n.Kind, n.Until = query.ActionMute, a.Now().Add(blockkit.MuteFor)
	}
	return a.act(ctx, n)
}
