//go:build browser

package pages_test

import (
	"fmt"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// crowd is a record of many vendors, of which one in ten has something open, one in 25 cannot be read, and all others
// are quiet. The names are as long as companies' names are.
func crowd(t *testing.T, vendors int) *Record {
	r := NewRecord(t, web.Options{Version: "v1.0.0", Poll: 100 * time.Millisecond})
	names := []string{"Ledgerline", "Mailferry", "Parcelwise Logistics", "Cloudharbor", "Signpost Identity",
		"Tessera CDN", "Quillbase", "Voxbridge", "Gridpoint Maps", "Stackyard CI"}
	severities := []string{"critical", "minor", "major", "minor", "none"}
	tags := map[string][]string{}
	for n := range vendors {
		slug := fmt.Sprintf("vendor-%d", n)
		if n%4 == 0 {
			tags[slug] = []string{"payments"}
		}
		id := r.Vendor(query.Vendor{Slug: slug, Name: fmt.Sprintf("%s %d", names[n%len(names)], n/10+1),
			Owner: []string{"", "growth", "platform"}[n%3]})
		r.Save(record.Scrape{SourceID: id, At: Before(30 * Day), AllOpen: true, CoverageStart: Before(400 * Day)})
		var open []normalize.Incident
		if n%10 == 3 || n == 5 {
			from := Before(time.Duration(20+n*13) * Minute)
			if n%30 == 23 {
				from = Before(20 * Day)
			}
			open = Read(Incident("i", []string{"Card payments are declined in Europe",
				"Elevated error rates for requests to the API in several regions", "Messages arrive late"}[n%3],
				severities[n/10%len(severities)], nil, Says("investigating", from, "We look into it.")))
			r.Save(record.Scrape{SourceID: id, At: from.Add(Minute), AllOpen: true, Incidents: open})
		}
		if n%25 == 7 {
			for k := range 3 {
				r.Save(record.Scrape{SourceID: id, At: Before(time.Duration(40-k) * Minute), HTTPStatus: 503,
					Err: fmt.Errorf("fetch: 503 Service Unavailable")})
			}
			continue
		}
		r.Save(record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true, Incidents: open})
	}
	if err := r.SetTags(t.Context(), tags); err != nil {
		t.Fatal(err)
	}
	return r
}

// With few vendors and with many, Now and the wall are looked at in windows of all sizes. Fifty vendors fit one screen
// of a laptop, and three hundred four screens of a phone; the wall is never scrolled.
// If SCREENSHOTS names a folder, pictures are put there.
func TestBrowserCrowd(t *testing.T) {
	browser := startBrowser(t)
	for _, vendors := range []int{5, 50, 300} {
		r := crowd(t, vendors)
		for _, l := range []look{{"laptop", 1280, 800, "light"}, {"screen", 1920, 1080, "dark"}, phone} {
			tb := openTab(t, browser, r.URL, l)
			for name, path := range map[string]string{"now": "/", "wall": "/wall", "trends": "/trends",
				"tag": "/?tag=payments"} {
				t.Run(fmt.Sprintf("%s %d %s", name, vendors, l.name), func(t *testing.T) {
					tb.t = t
					tb.open(path)
					if over := eval[[]string](tb, overflowing); len(over) > 0 {
						t.Errorf("the page is wider than the window of %d px, by %v", l.width, over)
					}
					tb.picture(fmt.Sprintf("crowd-%s-%d-%s", name, vendors, l.name))
					height := eval[int](tb, `Math.max(document.documentElement.scrollHeight,
						...[...document.querySelectorAll("#main *")].map((e) => e.getBoundingClientRect().bottom | 0))`)
					fits := l.name != "phone" && (name == "wall" || name == "now" && vendors <= 50)
					if fits && int64(height) > l.height {
						t.Errorf("it is %d px high, and the window %d", height, l.height)
					}
					if l.name == "phone" && name == "now" && height > 3000 {
						t.Errorf("it is %d px high", height)
					}
					tb.fine()
				})
			}
		}
	}
}
