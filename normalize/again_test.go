package normalize

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// meaningsOf reads each raw of an incident by itself.
func meaningsOf(raws []Raw, words Words) []Incident {
	var out []Incident
	for _, raw := range raws {
		i, _ := readRaw(raw, words, zoneCache{})
		out = append(out, i)
	}
	return out
}

// joined reads documents in an order and joins what they say.
func joined(raws []Raw, words Words) Incident {
	out := meaningsOf(raws, words)
	m := out[0]
	for _, i := range out[1:] {
		m = Merge(m, i)
	}
	return m
}

var ignoreForms = cmp.Options{
	cmpopts.IgnoreFields(Incident{}, "Raws", "EndGiven"), cmpopts.IgnoreFields(Update{}, "Was"), cmpopts.EquateEmpty(),
}

// An unchanged mapping changes nothing, whatever documents an incident was read from, and in whatever order.
func TestWordsReadAgainMeanTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raws := rapid.Permutation(documents(truth(t))).Draw(t, "order")
		raws = raws[:rapid.IntRange(1, len(raws)).Draw(t, "documents")]
		known := joined(raws, Words{})
		got := Again(known, meaningsOf(known.Raws, Words{}), []Words{{}})
		if diff := cmp.Diff(known, got, ignoreForms); diff != "" {
			t.Fatalf("(-stored +again):\n%s", diff)
		}
		for n, u := range got.Updates {
			if u.Was != known.Updates[n].Key {
				t.Fatalf("update %q is said to be stored as %q", known.Updates[n].Key, u.Was)
			}
		}
		if got := Again(known, nil, nil); !cmp.Equal(known, got, ignoreForms) {
			t.Fatal("without words something changed")
		}
	})
}

// A mended mapping gives the record that it would have given in the first place.
func TestAMendedMappingIsApplied(t *testing.T) {
	mended := Words{
		States:     map[string]State{"identified": StateMonitoring, "monitoring": StateIdentified},
		Severities: map[string]Severity{"major": SeverityCritical},
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := documents(truth(t))[0]
		known, want := joined([]Raw{raw}, Words{}), joined([]Raw{raw}, mended)
		got := Again(known, meaningsOf(known.Raws, mended), []Words{mended})
		if diff := cmp.Diff(want, got, ignoreForms); diff != "" {
			t.Fatalf("(-as if read now +again):\n%s", diff)
		}
	})
}

// TestWhatIsReadOtherwiseNow holds single values that a mended reading changes, and those that stay.
func TestWhatIsReadOtherwiseNow(t *testing.T) {
	stored := func(change func(*Incident)) Incident {
		i := joined([]Raw{outage()}, Words{})
		i.Updates = slices.Clone(i.Updates)
		change(&i)
		return i
	}
	now := joined([]Raw{outage()}, Words{})
	for name, change := range map[string]func(*Incident){
		"a title that was cut wrongly":  func(i *Incident) { i.Title = "Logins" },
		"a kind":                        func(i *Incident) { i.Kind = KindNotice },
		"a severity":                    func(i *Incident) { i.Severity = SeverityCritical },
		"a severity that was not read":  func(i *Incident) { i.Severity, i.VendorSeverity = SeverityUnknown, "" },
		"a state":                       func(i *Incident) { i.State = StateMonitoring; i.ResolvedAt = utc("0001-01-01T00:00:00Z") },
		"a start":                       func(i *Incident) { i.StartedAt = i.StartedAt.Add(minutes(60)) },
		"an end":                        func(i *Incident) { i.ResolvedAt = i.ResolvedAt.Add(minutes(60)) },
		"the time of a post":            func(i *Incident) { i.Updates[1].PostedAt = i.Updates[1].PostedAt.Add(minutes(5)) },
		"the text of a post":            func(i *Incident) { i.Updates[1].Body = "Still looking. And more that was never there." },
		"the state of a post":           func(i *Incident) { i.Updates[1].State = StateIdentified },
		"a post that was not read":      func(i *Incident) { i.Updates = slices.Delete(i.Updates, 1, 2) },
		"components that were not read": func(i *Incident) { i.Components = nil },
	} {
		t.Run(name, func(t *testing.T) {
			got := Again(stored(change), meaningsOf([]Raw{outage()}, Words{}), []Words{{}})
			if diff := cmp.Diff(now, got, ignoreForms); diff != "" {
				t.Errorf("(-as if read now +again):\n%s", diff)
			}
		})
	}
	moved := Words{Statuses: map[string]ComponentStatus{"limping": StatusDegraded}}
	if got := Status(StatusMajor, "Limping", []Words{{}, moved}); got != StatusDegraded {
		t.Errorf("the word of a platform that the page had before means %s", got)
	}
	if got := Status(StatusMajor, "odd", []Words{{}, moved}); got != StatusUnknown {
		t.Errorf("a word of nobody means %s", got)
	}
}
