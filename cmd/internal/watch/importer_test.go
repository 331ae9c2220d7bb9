package watch

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// feedOfAnvils is a feed of the same vendor, as another product serves it.
const feedOfAnvils = `<rss version="2.0"><channel><title>Acme</title><link>https://status.acme.example</link>` +
	`<item><title>Investigating: Anvils float</title><guid>https://status.acme.example/f1</guid>` +
	`<pubDate>Sun, 01 Mar 2026 10:00:00 +0000</pubDate><description>We look.</description></item></channel></rss>`

// TestImporter holds with which page captures are saved: those of one platform with one, unreadable ones with the page
// among whose captures they lie, and with the vendor's only page if no other capture tells.
func TestImporter(t *testing.T) {
	const garbage = "<html><title>Sign in</title></html>"
	own := "https://status.acme.example"
	for name, c := range map[string]struct {
		url      string
		captures []string
		again    []string // by a second import
		want     []string // sources: page, platform and how many scrapes they have
		counts   Imported
	}{
		"one platform": {
			captures: []string{broken, quiet},
			want:     []string{own + " statuspage 2"},
			counts:   Imported{Captures: 2, Incidents: 1, Updates: 1, Events: 2},
		},
		"an unreadable one among them": {
			captures: []string{broken, garbage, quiet},
			want:     []string{own + " statuspage 3"},
			counts:   Imported{Captures: 3, Unreadable: 1, Incidents: 1, Updates: 1, Events: 2},
		},
		"unreadable ones before the first that tells": {
			captures: []string{garbage, garbage, broken},
			want:     []string{own + " statuspage 3"},
			counts:   Imported{Captures: 3, Unreadable: 2, Incidents: 1, Updates: 1, Events: 1},
		},
		"none that tells": {
			captures: []string{garbage, garbage},
			want:     []string{"import:bolts unknown 2"},
			counts:   Imported{Captures: 2, Unreadable: 2},
		},
		"none that tells, and a later import does": {
			captures: []string{garbage},
			again:    []string{broken},
			want:     []string{own + " statuspage 2"},
			counts:   Imported{Captures: 1, Incidents: 1, Updates: 1, Events: 1},
		},
		"none that tells, of a vendor with one page": {
			captures: []string{broken},
			again:    []string{garbage},
			want:     []string{own + " statuspage 2"},
			counts:   Imported{Captures: 1, Unreadable: 1},
		},
		"two platforms": {
			captures: []string{broken, feedOfAnvils, quiet, garbage},
			want:     []string{own + " statuspage 3", "import:bolts:feed feed 1"},
			counts:   Imported{Captures: 4, Unreadable: 1, Incidents: 2, Updates: 2, Events: 3},
		},
		"two platforms, by two imports": {
			captures: []string{broken, feedOfAnvils},
			again:    []string{feedOfAnvils, quiet},
			want:     []string{own + " statuspage 2", "import:bolts:feed feed 2"},
			counts:   Imported{Captures: 2, Events: 1},
		},
		"an address is given": {
			url:      "https://elsewhere.example/api/v2/summary.json",
			captures: []string{broken},
			want:     []string{"https://elsewhere.example statuspage 1"},
			counts:   Imported{Captures: 1, Incidents: 1, Updates: 1, Events: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := watcher(t, nil)
			minute := 0
			run := func(captures []string) Imported {
				i := &Importer{Watcher: w, Vendor: "bolts", URL: c.url}
				for _, body := range captures {
					minute += 5
					page := savedPage(body, "", time.Date(2026, 3, 1, 10, minute, 0, 0, time.UTC))
					unreadable, err := i.Take(t.Context(), "", page)
					if err != nil || (unreadable != nil) != (body == garbage) {
						t.Fatalf("unreadable: %v, error %v", unreadable, err)
					}
				}
				if err := i.Finish(t.Context()); err != nil {
					t.Fatal(err)
				}
				return i.Counts
			}
			counts := run(c.captures)
			if c.again != nil {
				counts = run(c.again)
			}
			if diff := cmp.Diff(c.counts, counts); diff != "" {
				t.Errorf("counts (-want +got)\n%s", diff)
			}
			scrapes, err := w.DB.RecentScrapes(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			sources, err := w.DB.SourcesOf(t.Context(), "bolts")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range sources {
				n := 0
				for _, scrape := range scrapes {
					if scrape.PageURL == s.PageURL {
						n++
					}
				}
				got = append(got, fmt.Sprintf("%s %s %d", s.PageURL, s.Platform, n))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("sources (-want +got)\n%s", diff)
			}
		})
	}
}

func TestImporterSaysWhyACaptureCannotBeSaved(t *testing.T) {
	w, _ := watcher(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	i := &Importer{Watcher: w, Vendor: "bolts"}
	at := time.Date(2026, 3, 1, 10, 5, 0, 0, time.UTC)
	if _, err := i.Take(ctx, "", savedPage(broken, "", at)); err == nil || !strings.Contains(err.Error(), "bolts") {
		t.Errorf("error %v", err)
	}
	if i.Counts.Captures != 1 || i.Counts.Incidents != 0 {
		t.Errorf("counts %+v", i.Counts)
	}
}

// Captures are saved together. One that cannot be saved takes none of those before it with it.
func TestImporterSavesWhatLiesBeforeACaptureThatCannotBeSaved(t *testing.T) {
	w, _ := watcher(t, nil)
	i := &Importer{Watcher: w, Vendor: "bolts"}
	for _, at := range []time.Time{
		time.Date(2026, 3, 1, 10, 5, 0, 0, time.UTC), time.Date(2026, 3, 1, 10, 10, 0, 0, time.UTC),
		{}, // a scrape of no time is refused
		time.Date(2026, 3, 1, 10, 15, 0, 0, time.UTC),
	} {
		page := savedPage(broken, "", at)
		page.At = at
		if _, err := i.Take(t.Context(), "some.json", page); err != nil {
			t.Fatal(err)
		}
	}
	if err := i.Finish(t.Context()); err == nil || !strings.Contains(err.Error(), "some.json") {
		t.Errorf("error %v", err)
	}
	scrapes, err := w.DB.RecentScrapes(t.Context(), 10)
	if err != nil || len(scrapes) != 2 || i.Counts.Incidents != 1 {
		t.Errorf("%d scrapes, counts %+v, error %v", len(scrapes), i.Counts, err)
	}
}
