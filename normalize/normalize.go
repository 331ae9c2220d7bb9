package normalize

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/stated"
	"vendorwatch/normalize/times"
)

// Incidents gives raws their meaning. Raws of one incident, from several documents, become one
// Incident; incidents that share an id are told apart. It never drops a raw and never fails: what cannot be read
// becomes a Finding, and the field is left unknown. own holds the words that only this platform uses.
func Incidents(raws []Raw, own Words) ([]Incident, []Finding) {
	g := gathering{byKey: map[string][]int{}}
	zones := times.Zones{}
	for _, raw := range raws {
		g.add(readRaw(raw, own, zones))
	}
	incidents, findings := g.finish()
	incidents = joinWeak(incidents)
	return incidents, dedupe(findings)
}

// joinWeak merges incidents that came without id and address, or with an id that the platform has given up, into the
// same one that has them.
func joinWeak(incidents []Incident) []Incident {
	if !slices.ContainsFunc(incidents, func(i Incident) bool { return WeakKey(i.Key) }) {
		return incidents
	}
	out := incidents[:0:0]
	var weak []Incident
	for _, i := range incidents {
		if WeakKey(i.Key) {
			weak = append(weak, i)
		} else {
			out = append(out, i)
		}
	}
	for _, w := range weak {
		n := slices.IndexFunc(out, func(i Incident) bool { return SameWeak(i, w) })
		if n >= 0 && FormerID(w.Key) && (HasTwin(weak, w) || HasTwin(slices.Delete(slices.Clone(out), n, n+1), w)) {
			n = -1
		}
		if n < 0 {
			out = append(out, w)
			continue
		}
		w.Key = out[n].Key
		out[n] = Merge(out[n], w)
	}
	return out
}

func dedupe(findings []Finding) []Finding {
	seen := map[Finding]bool{}
	return slices.DeleteFunc(findings, func(f Finding) bool {
		was := seen[f]
		seen[f] = true
		return was
	})
}

// reader turns one Raw into an Incident.
type reader struct {
	raw      Raw
	own      Words
	zones    times.Zones
	memo     *memo // nil where texts do not repeat
	incident Incident
	findings []Finding
}

func readRaw(raw Raw, own Words, zones times.Zones) (Incident, []Finding) {
	r := &reader{raw: raw, own: own, zones: zones}
	i := r.meaning()
	for n, u := range i.Updates {
		i.Updates[n].Key = unusedKey(i.Updates[:n], u.Key)
	}
	return i, r.findings
}

// meaning gives the raw its meaning, and notes what could not be read.
func (r *reader) meaning() Incident {
	raw, i := r.raw, &r.incident
	i.Title = markdown.Title(raw.Title)
	i.URL = raw.URL
	i.Excerpt = raw.Excerpt
	i.Raws = []Raw{raw}
	i.VendorSeverity, i.VendorState = strings.TrimSpace(raw.Impact), strings.TrimSpace(raw.State)
	r.updates()
	r.kind()
	r.severity()
	r.state()
	r.times()
	i.Key = key(raw, *i)
	r.components()
	r.checkPlausible()
	for n := range r.findings {
		if r.findings[n].Key == "" {
			r.findings[n].Key = i.Key
		}
	}
	return *i
}

func (r *reader) finding(field, value, problem string) {
	r.findings = append(r.findings, Finding{Field: field, Value: clip(value, 300), Problem: problem})
}

// clip cuts s to n runes.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}

// PageKey begins the keys of incidents that a page shows and nobody posted. No vendor's key begins so.
const PageKey = "~page/"

func key(raw Raw, i Incident) string {
	if strings.HasPrefix(raw.ID, PageKey) {
		return "~" + raw.ID
	}
	if raw.ID != "" {
		return raw.ID
	}
	if raw.URL != "" {
		return canonicalURL(raw.URL)
	}
	start := i.StartedAt
	if start.IsZero() {
		start = i.ScheduledStartAt
	}
	sum := sha256.Sum256([]byte(markdown.Fold(i.Title) + "\n" + start.UTC().Format("2006-01-02T15:04")))
	return "#" + hex.EncodeToString(sum[:8])
}

func canonicalURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	u.Scheme, u.Host, u.Fragment = "https", strings.ToLower(u.Host), ""
	return strings.TrimSuffix(u.String(), "/")
}

// time parses a printed time. One that cannot be read becomes a finding.
func (r *reader) time(field string, t RawTime) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	at, err := r.zones.Parse(t, r.raw.Zone)
	if err != nil {
		r.finding(field, t.Text, err.Error())
	}
	return at
}

var (
	exampleTitle = lazyregexp.New(`(?i)^this is an example incident$`)
	exampleWords = lazyregexp.New(`(?i)when your product or service isn.t functioning as expected|empathize ` +
		`with those affected and let them know everything`)
)

// isExample looks for plain words first, which is much faster than the pattern.
func isExample(u Update) bool {
	lower := strings.ToLower(u.Body)
	return (strings.Contains(lower, "functioning as expected") || strings.Contains(lower, "empathize with")) &&
		exampleWords.MatchString(u.Body)
}

// checkPlausible notes what is readable and yet not what it seems.
func (r *reader) checkPlausible() {
	i := &r.incident
	if i.Title == "" {
		r.finding("title", "", "the document shows no title")
	}
	words := slices.ContainsFunc(i.Updates, isExample)
	if exampleTitle.MatchString(i.Title) && (words || len(i.Updates) == 0) || words {
		r.finding("title", i.Title, "this is the platform's example post, not an incident of the vendor")
	}
	if strings.HasPrefix(i.Title, "_system_metadata") {
		i.Kind = KindNotice
		r.finding("title", i.Title, "the platform keeps its own data in this entry; it is no incident of the vendor")
	}
	printed, unit := stated.Length(r.raw.Duration)
	if unit == 0 || i.StartedAt.IsZero() || i.ResolvedAt.IsZero() {
		return
	}
	if measured := i.ResolvedAt.Sub(i.StartedAt); (measured - printed).Abs() > unit {
		r.finding("duration", r.raw.Duration, fmt.Sprintf("the printed times are %s apart", measured))
	}
}
