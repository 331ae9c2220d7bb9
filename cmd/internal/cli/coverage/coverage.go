// Package coverage says on a terminal what is not known: the times in which pages were not read, and the vendors of
// which nobody knows how they do now.
package coverage

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// unseenNamed is how many vendors with coverage gaps are named.
const unseenNamed = 20

// TellGaps writes to w which vendors of a list have coverage gaps in its time, so that a count of incidents is
// not taken for more than it is. Pages that are not watched are named if the list or its filter has their vendor.
func TellGaps(ctx context.Context, w io.Writer, file *db.DB, f query.Filter, list []query.Incident) error {
	until := time.Now().UTC()
	if !f.Until.IsZero() && f.Until.Before(until) {
		until = f.Until
	}
	blind, err := query.New(file).CoverageGaps(ctx, f.Vendor, f.Since, until)
	if err != nil {
		return err
	}
	var order []string
	stretches := map[string][]string{}
	for _, b := range blind {
		if b.Watched == 0 && f.Vendor == "" && !slices.ContainsFunc(list,
			func(i query.Incident) bool { return i.Vendor == b.Vendor }) {
			continue
		}
		if stretches[b.Vendor] == nil {
			order = append(order, b.Vendor)
		}
		if text := unseenWords(b); !slices.Contains(stretches[b.Vendor], text) {
			stretches[b.Vendor] = append(stretches[b.Vendor], text)
		}
	}
	if len(order) == 0 {
		return nil
	}
	var names []string
	for _, vendor := range order[:min(unseenNamed, len(order))] {
		names = append(names, vendor+" "+strings.Join(stretches[vendor], " and "))
	}
	more := ""
	if n := len(order) - unseenNamed; n > 0 {
		more = ", and " + words.Count(n, "more vendor")
	}
	_, err = fmt.Fprintf(w, "coverage gaps: %s%s\n", strings.Join(names, ", "), more)
	return err
}

// TellUnknown writes to w of which vendors nobody knows how they do now, so that a list of incidents is not taken
// for complete: of those that are watched, or of the one that was asked for.
func TellUnknown(ctx context.Context, w io.Writer, file *db.DB, vendor string) error {
	states, err := query.New(file).Statuses(ctx, time.Now())
	if err != nil {
		return err
	}
	var names []string
	for _, v := range states {
		known := v.Readable() && (v.Status != normalize.StatusUnknown || v.Trouble())
		if known || vendor == "" && !v.Watched() || vendor != "" && v.Vendor != vendor {
			continue
		}
		text := words.Status(v)
		if v.ReadableAt != "" {
			text += "; read at " + terminal.Moment(v.ReadableAt)
		}
		names = append(names, v.Vendor+" ("+text+")")
	}
	if len(names) == 0 {
		return nil
	}
	more := ""
	if n := len(names) - unseenNamed; n > 0 {
		more, names = fmt.Sprintf(", and %d more", n), names[:unseenNamed]
	}
	_, err = fmt.Fprintf(w, "how they do now is not known: %s%s\n", strings.Join(names, ", "), more)
	return err
}

// unseenWords writes a coverage gap: "before 2026-10-01", "2026-11-03 10:00 to 12:30
// (unreadable)". Times are in the reader's zone, as in the lists.
func unseenWords(b query.Gap) string {
	from, to := terminal.Minute(b.FromAt), terminal.Minute(b.ToAt)
	switch {
	case b.Reason == query.GapNeverRead:
		return "(never read)"
	case b.Reason == query.GapNotYetWatched:
		return "before " + strings.TrimSuffix(to, " 00:00")
	case b.ToAt == "":
		return fmt.Sprintf("since %s (%s)", from, b.Reason)
	case from[:10] == to[:10]:
		to = to[11:]
	}
	return fmt.Sprintf("%s to %s (%s)", from, to, b.Reason)
}
