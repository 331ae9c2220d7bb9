package times

import "testing"

func TestZoneless(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                     false,
		"2026-11-27T12:00:00Z":                 false,
		"2026-11-27T12:00:00":                  true,
		"2026-11-27 12:00:00":                  true,
		"2026-11-27 00:00":                     true,
		"2026-11-27 12:00:00 +0200":            false,
		"2026-11-27 12:00 CET":                 false,
		"2026-11-27":                           false,
		"Nov 27, 2026":                         false,
		"Nov 27, 2026 12:00":                   true,
		"Nov 27, 2026 12am":                    true,
		"Nov 27, 2026 12:00 PST":               false,
		"27. November 2026 10:15 Uhr":          true,
		"1745537880":                           false,
		"1745537880000":                        false,
		"Fri, 27 Nov 2026 10:00:00 UT":         false,
		"Fri, 27 Nov 2026 10:00:00":            true,
		"Feb 29, 2024, 22:00 - 23:00 GMT":      false,
		"Feb 29, 2024, 22:00 GMT - 23:00":      false,
		"Feb 29, 2024, 22:00 - 23:00":          true,
		"2026-11-27 12:00 America/Los_Angeles": false,
		"tomorrow":                             false,
	} {
		if got := Zoneless(Printed{Text: text}); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if !Zoneless(Printed{Text: "27.11.26 10:15", Layout: "02.01.06 15:04"}) ||
		Zoneless(Printed{Text: "27.11.26 10:15 +0100", Layout: "02.01.06 15:04 -0700"}) {
		t.Error("a layout without a zone has none, one with a zone has one")
	}
	if !Zoneless(Printed{Text: "Nov 27, 12:00", Near: "2026-11-27"}) {
		t.Error("a time without its year is one without its zone, too")
	}
}
