package service

import (
	"fmt"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// printEvents prints events as they arrive, with the day wherever another begins. What another record of
// the same event tells is not printed, and edits only where they are asked for.
func (s *Service) printEvents(d config.Digest) func([]query.Event) {
	zone, day := d.Zone, ""
	return func(events []query.Event) {
		for _, e := range events {
			if e.Withheld == query.WithheldSameEvent || e.Withheld == query.WithheldFiltered ||
				e.Kind == normalize.EventIncidentEdited && !d.Edits && !s.o.Verbose {
				continue
			}
			if at, err := time.Parse(normalize.TimeLayout, e.At); err == nil {
				if d := at.In(zone).Format("Mon 2 Jan 2006 MST"); d != day {
					day = d
					fmt.Fprintf(s.o.Stdout, "— %s\n", day)
				}
			}
			fmt.Fprintln(s.o.Stdout, message.EventLine(e, zone))
		}
	}
}
