package web

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
)

func TestBadges(t *testing.T) {
	var shift time.Duration
	r := story(t, Options{Now: func() time.Time { return now.Add(shift) }})
	r.vendor(db.Vendor{Slug: "new", Name: "Never Read <&>"})
	for slug, c := range map[string]struct {
		says  string
		green bool
	}{
		"quiet": {"Quiet Corp: no open incident", true},
		"acme":  {"Acme: major incident", false},
		"blind": {"Blindside: page unreadable", false},
		"new":   {"Never Read <&>: page unreadable", false},
	} {
		t.Run(slug, func(t *testing.T) {
			a := r.page("/vendors/" + slug + "/badge.svg")
			if got := a.header.Get("Content-Type"); got != "image/svg+xml" {
				t.Errorf("content type %q", got)
			}
			if got := a.header.Get("Cross-Origin-Resource-Policy"); got != "cross-origin" {
				t.Errorf("other sites may not show it: %q", got)
			}
			var svg struct {
				Role  string `xml:"role,attr"`
				Label string `xml:"aria-label,attr"`
				Title string `xml:"title"`
			}
			if err := xml.Unmarshal([]byte(a.text), &svg); err != nil {
				t.Fatal(err)
			}
			if svg.Role != "img" || svg.Label != c.says || svg.Title != c.says {
				t.Errorf("it says %+v, want %q", svg, c.says)
			}
			if got := strings.Contains(a.text, badgeGreen); got != c.green {
				t.Errorf("green is %v", got)
			}
			if strings.Contains(a.text, "href") || strings.Contains(a.text, "url(http") || strings.Contains(a.text, "@import") {
				t.Error("it asks another address")
			}
		})
	}
	t.Run("a page that was last read long ago", func(t *testing.T) {
		shift = 2 * day24
		if text := r.page("/vendors/quiet/badge.svg").text; strings.Contains(text, badgeGreen) || !strings.Contains(text, "page unreadable") {
			t.Error(text)
		}
	})
	t.Run("hostile", func(t *testing.T) {
		a := attack(t).page("/vendors/evil/badge.svg")
		for d := xml.NewDecoder(strings.NewReader(a.text)); ; {
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
