package feeds_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/feeds"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
)

func TestBadges(t *testing.T) {
	var shift time.Duration
	r := Story(t, web.Options{Now: func() time.Time { return Now.Add(shift) }})
	r.Vendor(query.Vendor{Slug: "new", Name: "Never Read <&>"})
	for slug, c := range map[string]struct {
		says  string
		green bool
	}{
		"quiet": {"Quiet Corp: no open incident", true},
		"acme":  {"Acme: major incident", false},
		"blind": {"Blindside: unreadable", false},
		"new":   {"Never Read <&>: never read", false},
	} {
		t.Run(slug, func(t *testing.T) {
			a := r.Page("/vendors/" + slug + "/badge.svg")
			if got := a.Header.Get("Content-Type"); got != "image/svg+xml" {
				t.Errorf("content type %q", got)
			}
			if got := a.Header.Get("Cross-Origin-Resource-Policy"); got != "cross-origin" {
				t.Errorf("other sites may not show it: %q", got)
			}
			var svg struct {
				Role  string `xml:"role,attr"`
				Label string `xml:"aria-label,attr"`
				Title string `xml:"title"`
			}
			if err := xml.Unmarshal([]byte(a.Text), &svg); err != nil {
				t.Fatal(err)
			}
			if svg.Role != "img" || svg.Label != c.says || svg.Title != c.says {
				t.Errorf("it says %+v, want %q", svg, c.says)
			}
			if got := strings.Contains(a.Text, feeds.BadgeGreen); got != c.green {
				t.Errorf("green is %v", got)
			}
			if strings.Contains(a.Text, "href") || strings.Contains(a.Text, "url(http") ||
				strings.Contains(a.Text, "@import") {
				t.Error("it asks another address")
			}
		})
	}
	t.Run("a page that was last read long ago", func(t *testing.T) {
		shift = 2 * Day
		if text := r.Page("/vendors/quiet/badge.svg").Text; strings.Contains(text, feeds.BadgeGreen) ||
			!strings.Contains(text, "unreadable") {
			t.Error(text)
		}
	})
	t.Run("hostile", func(t *testing.T) {
		a := Attack(t).Page("/vendors/evil/badge.svg")
		for d := xml.NewDecoder(strings.NewReader(a.Text)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "script" {
				t.Error("a script")
			}
		}
	})
}
