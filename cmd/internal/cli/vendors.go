package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/catalogued"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

func (a *app) vendorsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "vendors",
		Short: "List the vendors and their pages, and whether each page can be read",
		Args:  noSuchCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.vendors(cmd.Context()) },
	}
	c.AddCommand(a.vendorsSearchCommand(), a.vendorsAddCommand())
	c.AddCommand(catalogued.Commands(catalogued.Shell{Shell: a.shell(), Fetcher: a.fetcher})...)
	a.jsonFlag(c)
	return c
}

// fetcher asks pages as the config file says, if there is one.
func (a *app) fetcher() (scraper.Fetcher, error) {
	c, err := a.configOrDefault()
	if err != nil {
		return nil, err
	}
	return service.Collector(c.Fetch), nil
}

func (a *app) vendors(ctx context.Context) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	now := time.Now()
	if a.asJSON {
		return a.printVendors(ctx, query.New(file), now)
	}
	list, err := query.New(file).SourceHealth(ctx, now)
	if err != nil {
		return err
	}
	states, err := query.New(file).Statuses(ctx, now)
	if err != nil {
		return err
	}
	status := map[string]string{}
	for _, v := range states {
		status[v.Vendor] = words.Status(v)
	}
	t := a.table(terminal.Cut("Vendor", 10), terminal.Column{Name: "Status", Least: 20, Colored: true},
		terminal.Whole("Platform"), terminal.Word("Health"), terminal.When("Last read"), terminal.Whole("Open"),
		terminal.Whole("Incidents"), terminal.Whole("Known since"), terminal.Whole("Gaps"), terminal.Cut("Page", 24))
	for _, s := range list {
		row := []any{s.Vendor, status[s.Vendor], s.Platform, s.Health, terminal.Minute(s.LastSuccessAt),
			s.OpenIncidents, s.Incidents, terminal.Minute(s.CoverageStartAt), s.Gaps, s.PageURL}
		if !s.Readable() && s.OpenIncidents == 0 { // of the present nothing is known
			row[5] = "–"
		}
		if s.LatestAt == "" { // never read: how many there are is not known
			row[6], row[8] = "–", "–"
		}
		t.Row(row...)
	}
	t.Render()
	for _, s := range list {
		if s.PageSeverity != "" && s.PageSeverity != string(normalize.SeverityNone) {
			by := map[string]string{"page": "own word", "component": "components"}[s.PageBecause]
			known := "the page has shown"
			if !s.Readable() { // of the present nothing is known
				known = "when last read " + terminal.Moment(s.LatestAt) + ", the page had shown"
			}
			fmt.Fprintf(a.stdout, "%s: %s %s trouble by its %s since %s\n", s.Vendor, known, s.PageSeverity, by,
				terminal.Moment(s.PageSeverityAt))
		}
		if s.LastError != "" {
			fmt.Fprintf(a.stdout, "%s: %s\n", s.Vendor, s.LastError)
		}
	}
	return a.printChannelHealth(ctx, file)
}

// vendorEntry is a vendor as --json has it: its row of vendors, how it does by v_status, and its pages.
type vendorEntry struct {
	query.VendorHealth
	Status        normalize.ComponentStatus `json:"status"`
	Because       query.Because             `json:"because"`
	SinceAt       string                    `json:"since_at,omitempty"`
	ReadableAt    string                    `json:"readable_at,omitempty"`
	Severity      normalize.Severity        `json:"severity,omitempty"`
	IncidentID    int64                     `json:"incident_id,omitempty"`
	OpenIncidents int                       `json:"open_incidents"`
	Maintenances  int                       `json:"maintenances"`
	SourcesUnread int                       `json:"sources_unread"`
}

// printVendors writes the vendors with their pages and how they do.
func (a *app) printVendors(ctx context.Context, d *query.DB, now time.Time) error {
	vendors, err := d.Vendors(ctx, now)
	if err != nil {
		return err
	}
	states, err := d.Statuses(ctx, now)
	if err != nil {
		return err
	}
	byID := map[int64]query.Status{}
	for _, s := range states {
		byID[s.VendorID] = s
	}
	out := []vendorEntry{}
	for _, v := range vendors {
		s := byID[v.VendorID]
		out = append(out, vendorEntry{v, s.Status, s.Because, s.SinceAt, s.ReadableAt, s.Severity, s.IncidentID,
			s.OpenIncidents, s.Maintenances, s.SourcesUnread})
	}
	return a.printJSON(out)
}
