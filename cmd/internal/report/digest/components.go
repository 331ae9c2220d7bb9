package digest

import (
	"cmp"
	"strings"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// componentChanges collects the changes of each component.
func componentChanges(events []query.Event) []message.ComponentChange {
	var order []string
	parts := map[string]message.ComponentChange{}
	for _, e := range events {
		if e.Kind != normalize.EventComponentChanged || e.Withheld == query.WithheldFiltered {
			continue
		}
		name := message.ComponentName(e)
		key := e.Vendor + "\x00" + name
		if was := e.Detail["from_name"]; was != "" {
			key += "\x00" + was
			if _, have := parts[key]; !have {
				order = append(order, key)
			}
			parts[key] = message.ComponentChange{Vendor: e.Vendor, VendorName: e.VendorName, Component: name,
				Renamed: was, Statuses: []string{},
				EventIDs: append(parts[key].EventIDs, e.EventID), At: e.At}
			continue
		}
		p, have := parts[key]
		if !have {
			order = append(order, key)
			p = message.ComponentChange{Vendor: e.Vendor, VendorName: e.VendorName, Component: name,
				Statuses: []string{cmp.Or(e.Detail["from"], "unknown")}}
		}
		p.Statuses = append(p.Statuses, cmp.Or(e.Detail["to"], "unknown"))
		p.EventIDs, p.At = append(p.EventIDs, e.EventID), e.At
		parts[key] = p
	}
	out := make([]message.ComponentChange, 0, len(order))
	for _, key := range order {
		out = append(out, parts[key])
	}
	return out
}

// saidByIncident reports whether an incident of the digest names a component that changed.
func (d *assembly) saidByIncident(c message.ComponentChange) bool {
	for _, s := range d.Sections() {
		for _, i := range s.Items {
			if c.Renamed == "" && i.Vendor == c.Vendor && i.Kind != string(normalize.KindMaintenance) &&
				strings.Contains(", "+i.Components+", ", ", "+c.Component+", ") {
				return true
			}
		}
	}
	return false
}
