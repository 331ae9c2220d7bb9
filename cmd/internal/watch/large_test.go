package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
)

// largeFeed is a feed of n entries, the newest first, one a minute.
func largeFeed(n int) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Acme status</title>`)
	for k := range n {
		at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).Add(-time.Duration(k) * time.Minute)
		fmt.Fprintf(&b, "<item><title>Trouble %d</title><guid>i%d</guid><pubDate>%s</pubDate>"+
			"<description>We look.</description></item>", k, k, at.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}

// A page with far more incidents than any has is read in part and says so, and the other vendors are saved beside it.
func TestAPageOfManyIncidents(t *testing.T) {
	racetest.Skip(t, "reads and saves many incidents in one goroutine")
	body := largeFeed(20 * mostIncidents)
	other := make(chan error, 1)
	var w *Watcher
	var s, small Source
	w, s = watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
		if !strings.HasPrefix(r.URL, "https://large.example") {
			return healthy(ctx, r)
		}
		go func() {
			_, err := w.Scrape(t.Context(), small)
			other <- err
		}()
		return scraper.Page{URL: r.URL, Status: 200, Body: body, At: time.Now()}, nil
	})
	small = s
	vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: "large", Name: "Large"})
	if err != nil {
		t.Fatal(err)
	}
	large := s
	large.URL, large.Platform, large.Timeout = "https://large.example/feed", "feed", time.Minute
	if large.ID, err = w.Record.EnsureSource(t.Context(), vendor, large.URL, "feed"); err != nil {
		t.Fatal(err)
	}
	saved, err := w.Scrape(t.Context(), large)
	if err != nil || saved.Incidents != mostIncidents {
		t.Errorf("%d incidents are saved: %v", saved.Incidents, err)
	}
	if err := <-other; err != nil {
		t.Errorf("the other vendor: %v", err)
	}
	list, err := w.DB.Incidents(t.Context(), query.Filter{Vendor: "large", Limit: 1})
	if err != nil || len(list) != 1 || list[0].Title != "Trouble 0" {
		t.Errorf("the newest is %+v, %v", list, err)
	}
	findings, err := w.DB.RecentFindings(t.Context(), 10)
	said := false
	for _, f := range findings {
		said = said || strings.Contains(f.Problem, "more than 1000 incidents")
	}
	if err != nil || !said {
		t.Errorf("the findings %+v, %v", findings, err)
	}
	body = largeFeed(20*mostIncidents + 1)
	if again, err := w.Scrape(t.Context(), large); err != nil || again.Incidents > 1 {
		t.Errorf("read again, %d incidents are new: %v", again.Incidents, err)
	}
}

// A save that is under way when the service stops is rolled back.
func TestASaveEndsWithItsScrape(t *testing.T) {
	w, s := watcher(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.save(ctx, s, record.Scrape{SourceID: s.ID, At: time.Now()}); !errors.Is(err, context.Canceled) {
		t.Errorf("it was saved: %v", err)
	}
	if got := health(t, w); got.LastAttemptAt != "" {
		t.Errorf("on record is %+v", got)
	}
}
