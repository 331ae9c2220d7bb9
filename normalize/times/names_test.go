package times

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseInOtherLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"Mo., 16. Feb. 2026, 08:05 Uhr":           "2026-02-16T08:05",
		"am 4. Jänner 2026 um 9 Uhr":              "2026-01-04T09:00",
		"27. März 2026 10.15 Uhr":                 "2026-03-27T10:15",
		"mar. 3 mars 2026 à 8h05":                 "2026-03-03T08:05",
		"1er août 2026 10 h 15":                   "2026-08-01T10:15",
		"3 déc. 2025 23h":                         "2025-12-03T23:00",
		"martes, 3 de marzo de 2026, 10:15 p. m.": "2026-03-03T22:15",
		"mar 3 mar 2026 10:15":                    "2026-03-03T10:15",
		"3 de fev. de 2026 às 10h15":              "2026-02-03T10:15",
		"giovedì 5 novembre 2026, ore 10.15":      "2026-11-05T10:15",
		"do 5 mrt 2026 om 10:15 uur":              "2026-03-05T10:15",
		"torsdag 5 mars 2026 kl. 10.15":           "2026-03-05T10:15",
		"5. helmikuuta 2026 klo 10.15":            "2026-02-05T10:15",
		"czw., 5 lis 2026, godz. 10:15":           "2026-11-05T10:15",
		"5. července 2026 10:15":                  "2026-07-05T10:15",
		"5. června 2026 10:15":                    "2026-06-05T10:15",
		"5 ноября 2026 г. в 10:15":                "2026-11-05T10:15",
		"5 травня 2026 р. 10:15":                  "2026-05-05T10:15",
		"5 Şubat 2026 Perşembe 10:15":             "2026-02-05T10:15",
		"5 KASIM 2026 10:15":                      "2026-11-05T10:15",
		"2026. február 5. 10:15":                  "2026-02-05T10:15",
		"5 Νοεμβρίου 2026, 10:15 μ.μ.":            "2026-11-05T22:15",
		"٥ نوفمبر ٢٠٢٦ ١٠:١٥ ص":                   "2026-11-05T10:15",
		"5 בנובמבר 2026 10:15":                    "2026-11-05T10:15",
		"2026年3月5日(木) 10:15":                      "2026-03-05T10:15",
		"２０２６年３月５日　１０時１５分３０秒":                     "2026-03-05T10:15",
		"2026年3月5日 午後3時05分":                       "2026-03-05T15:05",
		"2026年3月5日 星期四 下午3:05":                    "2026-03-05T15:05",
		"2026년 3월 5일 목요일 오후 12시 5분":               "2026-03-05T12:05",
		"2026. 3. 5. 오전 12:05":                    "2026-03-05T00:05",
		"5 tháng 11, 2026 lúc 10:15":              "2026-11-05T10:15",
		"5 thg 3, 2026 10:15":                     "2026-03-05T10:15",
		"5.3.2026 10:15":                          "2026-03-05T10:15",
		"2026/3/5 10:15":                          "2026-03-05T10:15",
		"25/03/2026 10:15":                        "2026-03-25T10:15",
		"03/25/2026 10:15":                        "2026-03-25T10:15",
		"05-05-2026 10:15":                        "2026-05-05T10:15",
	} {
		if got, err := Parse(Printed{Text: text}, ""); err != nil || !strings.HasPrefix(Format(got), want) {
			t.Errorf("%q = %s, %v; want %s", text, Format(got), err, want)
		}
	}
}

// TestTheMonthOfANumericDateIsNotGuessed holds that an order which differs by country is asked for.
func TestTheMonthOfANumericDateIsNotGuessed(t *testing.T) {
	for _, text := range []string{"03/04/2026 10:15", "3-4-2026 10:15", "12/01/2026"} {
		got, err := Parse(Printed{Text: text}, "")
		if err == nil || !strings.Contains(err.Error(), "which of") || !got.IsZero() {
			t.Errorf("%q = %s, %v", text, Format(got), err)
		}
	}
	for _, text := range []string{"31/31/2026 10:15", "32.1.2026", "1.13.2026", "2026/13/01", "2月30日 2026年"} {
		if got, err := Parse(Printed{Text: text}, ""); err == nil {
			t.Errorf("%q = %s", text, Format(got))
		}
	}
}

// TestObsoleteMailDates holds the forms of RFC 822 that feeds still have.
func TestObsoleteMailDates(t *testing.T) {
	for text, want := range map[string]string{
		"Thu, 05 Mar 26 10:15:00 UT":                                 "2026-03-05T10:15:00.000Z",
		"5 Mar 26 10:15 GMT":                                         "2026-03-05T10:15:00.000Z",
		"05 Mar 49 10:15:00 Z":                                       "2049-03-05T10:15:00.000Z",
		"05 Mar 99 10:15:00 -0500":                                   "1999-03-05T15:15:00.000Z",
		"Thursday, 05-Mar-26 10:15:00 GMT":                           "2026-03-05T10:15:00.000Z",
		"Thu, 05 Mar 2026 10:15:00 +0000 (UTC)":                      "2026-03-05T10:15:00.000Z",
		"Thu, 05 Mar 2026 10:15:00 EST (Eastern (Standard) Time)":    "2026-03-05T15:15:00.000Z",
		"Thu (a weekday), 05 Mar 2026 10:15:00 GMT":                  "2026-03-05T10:15:00.000Z",
		"Thu Mar 05 2026 10:15:00 GMT+0100 (Mitteleuropäische Zeit)": "2026-03-05T09:15:00.000Z",
		"thu, 05 mar 2026 10:15:00 gmt":                              "2026-03-05T10:15:00.000Z",
		"Thurs, 05 Mar 2026 10:15:00 PST":                            "2026-03-05T18:15:00.000Z",
	} {
		if got, err := Parse(Printed{Text: text}, "Europe/Berlin"); err != nil || Format(got) != want {
			t.Errorf("%q = %s, %v; want %s", text, Format(got), err, want)
		}
	}
	for _, text := range []string{"05 Mar 26", "Mar 05 26 10:15", "05 Mar 2026 10:15 (unclosed", "05 Mar 1 10:15"} {
		if got, err := Parse(Printed{Text: text}, ""); err == nil {
			t.Errorf("%q = %s", text, Format(got))
		}
	}
}

// TestEveryNameOfAMonthIsRead goes through all names of all languages.
func TestEveryNameOfAMonthIsRead(t *testing.T) {
	languages := 0
	for tag, names := range allDateNames() {
		if tag == "" {
			continue
		}
		languages++
		found := map[time.Month]bool{}
		for name, month := range names.months {
			found[month] = true
			text := fmt.Sprintf("27 %s 2026 10:15", name)
			want := time.Date(2026, month, 27, 10, 15, 0, 0, time.UTC)
			got, err := Parse(Printed{Text: text, Layout: "2 January 2006 15:04", Language: tag}, "")
			if err != nil || !got.Equal(want) {
				t.Errorf("%s: %q = %s, %v", tag, text, Format(got), err)
			}
			if tag == "hr" {
				continue
			}
			for _, text := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, " 2026", ". 2026")} {
				if got, err := Parse(Printed{Text: text}, ""); err != nil || !got.Equal(want) {
					t.Errorf("%s: %q = %s, %v", tag, text, Format(got), err)
				}
			}
		}
		if len(found) != 12 || len(names.weekdays) < 7 {
			t.Errorf("%s: months %v, weekdays %v", tag, found, names.weekdays)
		}
		if err := CheckLanguage(tag); err != nil {
			t.Error(err)
		}
	}
	if languages < 30 {
		t.Errorf("%d languages", languages)
	}
	for _, tag := range []string{"", "xx", "DE"} {
		if CheckLanguage(tag) == nil {
			t.Errorf("the language %q is known", tag)
		}
	}
}

// TestNoTwoLanguagesContradictEachOther holds that a name which is looked up without a language means one month.
func TestNoTwoLanguagesContradictEachOther(t *testing.T) {
	for tag, names := range allDateNames() {
		for name, month := range names.months {
			if name != nameFold(name) {
				t.Errorf("%s: %q is not folded", tag, name)
			}
			if other := allDateNames()[""].months[name]; tag != "hr" && other != month {
				t.Errorf("%s: %s is %s, and %s elsewhere", tag, name, month, other)
			}
		}
	}
	if got := allDateNames()["hr"].months["listopada"]; got != time.October {
		t.Errorf("in Croatian listopada is %s", got)
	}
}

// What is printed of a time, in any form, is read as that time.
func TestWhatIsPrintedIsRead(t *testing.T) {
	forms := []string{
		"Jan 2, 2006 - 15:04 MST", "2 January 2006 15:04 -0700", "Monday, January 2, 2006 at 3:04 PM MST",
		"02-Jan-06 15:04:05 MST",
		"2006-01-02 15:04 MST", "2006-01-02T15:04Z07:00", "02.01.2006 15:04", "Mon, 02 Jan 06 15:04:05 MST",
		"Jan 2 2006 3:04pm", "2006年1月2日 15:04", "2006년 1월 2일 15:04", "Jan 2, 2006, 3:04 PM UTC",
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).
			Add(time.Duration(rapid.IntRange(0, 59*365*24*60).Draw(t, "minutes")) * time.Minute)
		form := rapid.SampledFrom(forms).Draw(t, "form")
		if strings.Contains(form, "06 15:04:05") && at.Year() < 1950 {
			t.Skip()
		}
		spelling := rapid.SampledFrom([]string{"AM", "am", " Am", "a.m.", " A. M.", "a. m."}).Draw(t, "spelling")
		half := strings.NewReplacer(" AM", spelling, " PM", strings.NewReplacer("A", "P", "a", "p").Replace(spelling))
		text := half.Replace(at.Format(form))
		got, err := Parse(Printed{Text: text}, "")
		if err != nil || !got.Equal(at) {
			t.Fatalf("%q = %s, %v; want %s", text, Format(got), err, Format(at))
		}
		// A zone beside it moves it by that zone's offset.
		zone := time.FixedZone("", rapid.IntRange(-12*4, 14*4).Draw(t, "zone")*15*60)
		text = at.In(zone).Format("Jan 2, 2006, 3:04 PM -07:00")
		if got, err = Parse(Printed{Text: text}, "Asia/Tokyo"); err != nil || !got.Equal(at) {
			t.Fatalf("%q = %s, %v; want %s", text, Format(got), err, Format(at))
		}
	})
}

// A time without a year is less than half a year and a day from the date that lies near, and is that date's if it was
// printed of it.
func TestAMissingYearIsTheClosest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 3000*24).Draw(t,
			"near")) * time.Hour)
		at := near.Add(time.Duration(rapid.IntRange(-180*24, 180*24).Draw(t, "apart")) * time.Hour)
		if at.Month() == time.February && at.Day() == 29 {
			t.Skip()
		}
		got, err := Parse(Printed{Text: at.Format("Jan 2, 15:04 MST"), Near: Format(near)}, "")
		if err != nil || !got.Equal(at) {
			t.Fatalf("%s near %s = %s, %v", Format(at), Format(near), Format(got), err)
		}
		day, err := Parse(Printed{Text: at.Format("15:04 MST"), Near: at.Format("January 2, 2006")}, "")
		if err != nil || !day.Equal(at) {
			t.Fatalf("%s on its day = %s, %v", Format(at), Format(day), err)
		}
	})
}
