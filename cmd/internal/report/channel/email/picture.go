package email

import (
	"fmt"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
)

// picture is the week of a review as a table with a coloured cell for each day, which every mail program shows: it
// needs no script, no image and nothing from elsewhere. Each cell says in writing what its colour says.
type picture struct {
	Caption string
	Days    []string
	Rows    []pictureRow
}

type pictureRow struct {
	Name  string
	Cells []pictureCell
}

type pictureCell struct{ Text, Class, Color string }

// pictureOf draws the days of the vendors that cost most, and of all vendors; nil where there are none to draw.
func pictureOf(d message.Digest) *picture {
	r := d.Review
	if r == nil || len(r.Cost) == 0 {
		return nil
	}
	p := &picture{Caption: "Impact by day; – is not known"}
	zone := d.Location
	if zone == nil {
		zone = time.UTC
	}
	for _, at := range r.DaysAt {
		p.Days = append(p.Days, words.Time(at).In(zone).Format("Mon"))
	}
	for _, v := range r.Cost {
		p.Rows = append(p.Rows, pictureRow{message.VendorName(v.VendorName, v.Vendor, 24), cells(v.Week)})
	}
	p.Rows = append(p.Rows, pictureRow{"All vendors", cells(r.All)})
	return p
}

func cells(w message.Week) []pictureCell {
	var out []pictureCell
	for _, seconds := range w.DaySeconds {
		out = append(out, cellOf(seconds))
	}
	return out
}

// cellOf is a day. The names of the classes are those of mail.html, which gives them other colours in the dark.
func cellOf(seconds *int64) pictureCell {
	if seconds == nil {
		return pictureCell{"–", "unknown", "#eceff3"}
	}
	length := time.Duration(*seconds) * time.Second
	text := fmt.Sprintf("%.0f h", length.Hours())
	if length < 90*time.Minute {
		text = fmt.Sprintf("%d min", (length+30*time.Second)/time.Minute)
	}
	switch {
	case length == 0:
		return pictureCell{"0", "none", "#d9efdf"}
	case length < time.Hour:
		return pictureCell{text, "some", "#fde9b8"}
	case length < 4*time.Hour:
		return pictureCell{text, "much", "#f8c291"}
	}
	return pictureCell{text, "most", "#eda3a3"}
}
