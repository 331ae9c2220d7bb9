package times

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// dateNamesFile says in its head where its names come from and how a line is read.
//
//go:embed date_names.txt
var dateNamesFile string

// dateNames are the names of months and weekdays of one language, or of all that do not contradict each other.
type dateNames struct {
	months   map[string]time.Month // by folded name
	weekdays map[string]bool
}

// allDateNames reads the file once: the names of every language by its tag, and under "" those that are looked
// up where no language is named.
var allDateNames = sync.OnceValue(func() map[string]dateNames {
	all := map[string]dateNames{"": {months: map[string]time.Month{}, weekdays: map[string]bool{}}}
	for line := range strings.Lines(dateNamesFile) {
		tag, rest, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(tag, "#") {
			continue
		}
		into := []dateNames{{months: map[string]time.Month{}, weekdays: map[string]bool{}}}
		if !strings.HasSuffix(tag, "!") {
			into = append(into, all[""])
		}
		all[strings.TrimSuffix(tag, "!")] = into[0]
		months, weekdays, _ := strings.Cut(rest, "\t")
		for _, names := range into {
			for n, ofMonth := range strings.Split(months, "|") {
				for name := range strings.SplitSeq(ofMonth, ",") {
					names.months[name] = time.Month(n + 1)
				}
			}
			for name := range strings.SplitSeq(weekdays, ",") {
				names.weekdays[name] = true
			}
		}
	}
	return all
})

// nameFold folds a name of a month or a weekday for look-up: lower case, no accents, no final full stop.
func nameFold(s string) string {
	s = strings.TrimRight(strings.ToLower(s), ".:;")
	if isASCII(s) {
		return s
	}
	s = norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Cf):
			return -1
		case r == 'ı':
			return 'i'
		case r == 'ς':
			return 'σ'
		}
		return r
	}, norm.NFKD.String(s)))
	return strings.TrimPrefix(s, "ב") // "in", which Hebrew writes before the month; no name begins with it
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// CheckLanguage returns an error if the names of a language's months are not known. The language is a tag such as
// "de" or "pt".
func CheckLanguage(tag string) error {
	if _, ok := allDateNames()[tag]; !ok || tag == "" {
		return fmt.Errorf("the names of months in the language %q are not known", tag)
	}
	return nil
}
