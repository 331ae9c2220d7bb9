package message

import (
	"cmp"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// IndicatorsTitle heads the list of indicators in a digest.
const IndicatorsTitle = "Page indicator raised without an incident"

// IndicatorText says what a page's indicator says, and since when.
func (d Digest) IndicatorText(a Indicator) string {
	zone, until := d.location(), words.Time(d.UntilAt)
	said := words.Short(words.Spell(cmp.Or(a.Indicator, "unknown")), TitleLimit) + " since " +
		words.Moment(words.Time(a.SinceAt), zone, until)
	if text := words.Short(a.Text, TitleLimit); text != "" {
		said += " (" + text + ")"
	}
	switch {
	case a.ClearedAt == "":
		return said
	case a.Explained:
		return said + ", an incident says why since " + words.Moment(words.Time(a.ClearedAt), zone, until)
	}
	return said + ", until " + words.Moment(words.Time(a.ClearedAt), zone, until)
}

// IndicatorEventText says in a sentence that a page's indicator was raised or cleared.
func IndicatorEventText(e query.Event) string {
	if e.Kind == normalize.EventIndicatorCleared {
		if e.Detail["explained"] == "true" {
			return "an incident now says why the page shows that something is wrong"
		}
		return "the page no longer says that something is wrong"
	}
	text := "the page says " + cmp.Or(words.OneLine(e.Detail["indicator"]), "that something is wrong")
	if said := words.OneLine(e.Detail["description"]); said != "" {
		text += " (" + said + ")"
	}
	return text + ", and no incident says why"
}

// indicatorWords is IndicatorEventText as a field of an event line.
func indicatorWords(e query.Event) string {
	word := words.Spell(cmp.Or(e.Detail["indicator"], "unknown"))
	if e.Kind == normalize.EventIndicatorCleared {
		from := words.Spell(cmp.Or(e.Detail["from"], "unknown"))
		if e.Detail["explained"] == "true" {
			return from + ", and an incident says why now"
		}
		return words.Change(from, word)
	}
	if from := words.Spell(e.Detail["from"]); from != "" {
		word = words.Change(from, word)
	}
	if text := words.Short(e.Detail["description"], TitleLimit); text != "" {
		word += " (" + text + ")"
	}
	return word + ", without an incident"
}
