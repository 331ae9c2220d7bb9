package normalize

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Incidents gives raws their meaning. Raws of one incident, from several documents, become one
// Incident. It never drops a raw and never fails: what cannot be read becomes a Finding, and the field is
// left unknown. own are the platform's own words. source names the page in no result; it is there for
// callers that tell findings of several sources apart by their keys' prefix.
func Incidents(source string, raws []Raw, own Words) ([]Incident, []Finding) {
	var incidents []Incident
	var findings []Finding
	at := map[string]int{}
	zones := zoneCache{}
	for _, raw := range raws {
		incident, found := one(raw, own, zones)
		findings = append(findings, found...)
		if i, ok := at[incident.Key]; ok {
			incidents[i] = Merge(incidents[i], incident)
			continue
		}
		at[incident.Key] = len(incidents)
		incidents = append(incidents, incident)
	}
	incidents = joinWeak(incidents)
	return incidents, dedupe(findings)
}

// joinWeak merges incidents that came without id and address into one of the same title and start that
// has them.
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
		n := slices.IndexFunc(out, func(i Incident) bool { return SameByTitle(i, w) })
		if n < 0 {
			out = append(out, w)
			continue
		}
		w.Key = out[n].Key
		out[n] = Merge(out[n], w)
	}
	return out
}

// WeakKey reports whether a key was made up, the document having shown neither id nor address.
func WeakKey(key string) bool { return strings.HasPrefix(key, "#") }

// SameByTitle reports whether two incidents of one source have the same title and a start, or a planned
// start, within a minute of each other: all there is to go by where one of them has a weak key.
func SameByTitle(a, b Incident) bool {
	near := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() < time.Minute }
	return a.Title != "" && fold(a.Title) == fold(b.Title) && (near(a.StartedAt, b.StartedAt) || near(a.ScheduledStartAt, b.ScheduledStartAt))
}

func dedupe(findings []Finding) []Finding {
	seen := map[Finding]bool{}
	return slices.DeleteFunc(findings, func(f Finding) bool {
		was := seen[f]
		seen[f] = true
		return was
	})
}

// reading is one raw on its way to an Incident.
type reading struct {
	raw      Raw
	own      Words
	zones    zoneCache
	incident Incident
	findings []Finding
}

func one(raw Raw, own Words, zones zoneCache) (Incident, []Finding) {
	r := &reading{raw: raw, own: own, zones: zones}
	i := &r.incident
	i.Title = title(raw.Title)
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
	r.oddities()
	for n := range r.findings {
		if r.findings[n].Key == "" {
			r.findings[n].Key = i.Key
		}
	}
	return *i, r.findings
}

func (r *reading) finding(field, value, problem string) {
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

func key(raw Raw, i Incident) string {
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
	sum := sha256.Sum256([]byte(fold(i.Title) + "\n" + start.UTC().Format("2006-01-02T15:04")))
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

// read parses a printed time; one that is there and cannot be read becomes a finding.
func (r *reading) read(field string, t RawTime) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	var err error
	at, ok := stampedTime(t.Text)
	if ok {
		at, err = sane(at)
	} else {
		at, err = parseTime(t, r.zones.of(r.raw.Zone))
	}
	if err != nil {
		r.finding(field, t.Text, err.Error())
	}
	return at
}

func (r *reading) updates() {
	state := StateUpdate
	for _, u := range r.raw.Updates {
		up := Update{
			Key:         u.ID,
			VendorState: strings.TrimSpace(u.State),
			PostedAt:    r.read("posted_at", u.Posted),
			CreatedAt:   r.read("created_at", u.Created),
			Body:        Markdown(u.Body, u.Format),
		}
		if u.Posted.IsZero() {
			r.finding("posted_at", u.State, "the update shows no time")
		}
		up.State = r.updateState(up.VendorState, state)
		if up.State != StatePostmortem && up.State != StateUnknown {
			state = up.State
		}
		r.incident.Updates = append(r.incident.Updates, up)
	}
	slices.SortStableFunc(r.incident.Updates, func(a, b Update) int { return a.PostedAt.Compare(b.PostedAt) })
	undatedLast(r.incident.Updates)
	nameUpdates(r.incident.Updates)
}

// updateState reads an update's word. A post headed "Update" changes no state: it has the state in
// force, which is what the same vendor's JSON says of it.
func (r *reading) updateState(word string, inForce State) State {
	if word == "" {
		return StateUnknown
	}
	s, ok := r.own.state(word)
	if !ok {
		r.finding("state", word, "this state word of an update is unknown")
		return StateUnknown
	}
	if s == StateUpdate {
		return inForce
	}
	return s
}

// undatedLast keeps updates without a time where the page ends: a text that is cut lacks the time of
// its oldest update, but what is known of it is only that it has none.
func undatedLast(updates []Update) {
	slices.SortStableFunc(updates, func(a, b Update) int {
		return cmp.Compare(btoi(a.PostedAt.IsZero()), btoi(b.PostedAt.IsZero()))
	})
	if n := slices.IndexFunc(updates, func(u Update) bool { return u.PostedAt.IsZero() }); n > 0 {
		undated := slices.Clone(updates[n:])
		copy(updates[len(undated):], updates[:n])
		copy(updates, undated)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nameUpdates gives updates without an id a key of state and minute, with an ordinal from the second on.
func nameUpdates(updates []Update) {
	used := map[string]int{}
	for n := range updates {
		u := &updates[n]
		if u.Key != "" {
			continue
		}
		base := "@" + string(u.State)
		if !u.PostedAt.IsZero() {
			base = "@" + u.PostedAt.Format("2006-01-02T15:04Z") + "/" + string(u.State)
		}
		used[base]++
		u.Key = base
		if used[base] > 1 {
			u.Key += "#" + strconv.Itoa(used[base])
		}
	}
}

func (r *reading) kind() {
	i := &r.incident
	i.Kind = KindIncident
	switch Kind(r.raw.Kind) {
	case KindIncident, KindMaintenance, KindNotice:
		i.Kind = Kind(r.raw.Kind)
		return
	case "":
	default:
		r.finding("kind", r.raw.Kind, "this kind is unknown")
	}
	planned := func(word string) bool {
		s, _ := r.own.state(word)
		return s == StateScheduled || s == StateInProgress || s == StateVerifying || s == StateCompleted
	}
	if planned(r.raw.State) || Word(r.raw.Impact) == "maintenance" || !r.raw.ScheduledStart.IsZero() ||
		slices.ContainsFunc(r.raw.Updates, func(u RawUpdate) bool { return planned(u.State) }) {
		i.Kind = KindMaintenance
	}
}

func (r *reading) severity() {
	i := &r.incident
	i.Severity = SeverityUnknown
	if i.VendorSeverity == "" {
		return
	}
	s, ok := r.own.severity(i.VendorSeverity)
	if !ok {
		r.finding("severity", i.VendorSeverity, "this severity word is unknown")
	}
	i.Severity = s
}

func (r *reading) state() {
	i := &r.incident
	if i.VendorState != "" {
		s, ok := r.own.state(i.VendorState)
		if !ok {
			r.finding("state", i.VendorState, "this state word is unknown")
		}
		if s != StatePostmortem && s != StateUpdate {
			i.State = s
			return
		}
	}
	i.State = stateOf(i.Updates, i.Kind)
	switch {
	case Word(i.VendorState) == "postmortem" || !r.raw.Resolved.IsZero():
		// A page that prints an end says that it is over, whatever part of the timeline it shows.
		if !i.State.Over() {
			i.State = overState(i.Kind)
		}
	case i.State != StateUnknown:
	case i.Kind == KindMaintenance && len(i.Updates) == 0 && saysCompleted.MatchString(r.raw.Message):
		i.State = StateCompleted
	case !r.raw.Period.IsZero():
		if _, end, err := ParsePeriod(r.raw.Period, r.raw.Zone); err == nil && !end.IsZero() && i.Kind == KindIncident {
			i.State = StateResolved
		}
	}
}

// saysCompleted finds the words with which the latest post of a maintenance, on a line of a history page, ends it.
var saysCompleted = regexp.MustCompile(`(?i)\bmaintenance (?:has been|has now been|is|was|is now|has now) (?:successfully )?complete|\bcompleted the (?:scheduled )?maintenance`)

func overState(k Kind) State {
	if k == KindMaintenance {
		return StateCompleted
	}
	return StateResolved
}

// stateOf is where the timeline stands: the newest update that says so. A postmortem tells that all is over.
func stateOf(updates []Update, k Kind) State {
	for _, u := range slices.Backward(updates) {
		switch u.State {
		case StatePostmortem:
			if s := stateOf(slices.DeleteFunc(slices.Clone(updates), func(u Update) bool { return u.State == StatePostmortem }), k); s.Over() {
				return s
			}
			return overState(k)
		case StateUpdate, StateUnknown:
		default:
			return u.State
		}
	}
	return StateUnknown
}

func (r *reading) times() {
	i, raw := &r.incident, r.raw
	i.CreatedAt = r.read("created_at", raw.Created)
	i.UpdatedAt = r.read("updated_at", raw.Updated)
	i.ScheduledStartAt = r.read("scheduled_start_at", raw.ScheduledStart)
	i.ScheduledEndAt = r.read("scheduled_end_at", raw.ScheduledEnd)
	started, resolved := r.read("started_at", raw.Started), r.read("resolved_at", raw.Resolved)
	if !raw.Period.IsZero() {
		from, to, err := ParsePeriod(raw.Period, raw.Zone)
		if err != nil {
			r.finding("started_at", raw.Period.Text, err.Error())
		}
		if i.Kind == KindMaintenance {
			i.ScheduledStartAt, i.ScheduledEndAt = first(i.ScheduledStartAt, from), first(i.ScheduledEndAt, to)
		} else {
			started, resolved = first(started, from), first(resolved, to)
		}
	}
	if s, e := i.ScheduledStartAt, i.ScheduledEndAt; !s.IsZero() && !e.IsZero() && e.Before(s) {
		r.finding("scheduled_end_at", raw.ScheduledEnd.Text, "the window ends before it begins")
		i.ScheduledEndAt = time.Time{}
	}
	if i.Kind == KindMaintenance {
		// What vendors call the start of a maintenance is when its entry was made.
		started = time.Time{}
	}
	i.StartGiven, i.EndGiven = !started.IsZero(), !resolved.IsZero()
	i.StartedAt, i.ResolvedAt = started, resolved
	settle(i)
	if i.StartedAt.IsZero() && i.Kind != KindMaintenance {
		i.StartedAt = i.CreatedAt
	}
	r.order()
	i.StatedDuration = statedDuration(i.Updates)
}

// settle derives from the timeline what the vendor does not state: an incident's start is its first
// update, a maintenance's is when it went in progress; its end is the update that ended it for good.
func settle(i *Incident) {
	if !i.StartGiven {
		i.StartedAt = time.Time{}
		for _, u := range i.Updates {
			if u.PostedAt.IsZero() || i.Kind == KindMaintenance && u.State != StateInProgress && u.State != StateVerifying {
				continue
			}
			i.StartedAt = u.PostedAt
			break
		}
		if i.Kind == KindMaintenance && i.StartedAt.IsZero() && i.State == StateCompleted {
			i.StartedAt = i.ScheduledStartAt
		}
	}
	if !i.State.Over() {
		i.ResolvedAt, i.EndGiven = time.Time{}, false
		return
	}
	if i.EndGiven {
		return
	}
	i.ResolvedAt = time.Time{}
	for _, u := range i.Updates {
		switch {
		case u.State.Over() && i.ResolvedAt.IsZero():
			i.ResolvedAt = u.PostedAt
		case !u.State.Over() && u.State != StatePostmortem && u.State != StateUpdate && u.State != StateUnknown:
			i.ResolvedAt = time.Time{}
		}
	}
	if i.ResolvedAt.IsZero() && i.Kind == KindMaintenance && i.State == StateCompleted && len(i.Updates) == 0 {
		i.ResolvedAt = i.ScheduledEndAt
	}
}

func first(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// order refuses an end before the start: the end is then unknown, and a finding says what was printed.
func (r *reading) order() {
	i := &r.incident
	if i.ResolvedAt.IsZero() || i.StartedAt.IsZero() || !i.ResolvedAt.Before(i.StartedAt) {
		return
	}
	if i.Kind == KindMaintenance {
		i.StartedAt = time.Time{} // done before its window
		return
	}
	value := r.raw.Resolved.Text
	if value == "" {
		value = FormatTime(i.ResolvedAt)
	}
	r.finding("resolved_at", value, "resolved before it started ("+FormatTime(i.StartedAt)+"); when it ended is not known")
	i.ResolvedAt, i.EndGiven = time.Time{}, false
}

func (r *reading) components() {
	var found []Finding
	r.incident.Components, found = Components(r.raw.Components, r.own)
	for _, f := range found {
		r.finding(f.Field, f.Value, f.Problem)
	}
}

// Components gives components their meaning. Two of one name stay two: the id or the group tells them
// apart, else an ordinal in the key.
func Components(raws []RawComponent, own Words) ([]Component, []Finding) {
	out := slices.Grow([]Component(nil), len(raws))
	var findings []Finding
	used := make(map[string]int, len(raws))
	for _, raw := range raws {
		c := Component{Key: raw.ID, Name: oneLine(raw.Name), Group: oneLine(raw.Group), VendorStatus: strings.TrimSpace(raw.Status), Status: StatusUnknown}
		if c.VendorStatus != "" {
			status, ok := own.status(c.VendorStatus)
			if !ok {
				findings = append(findings, Finding{Key: c.Key, Field: "status", Value: clip(c.VendorStatus, 300), Problem: fmt.Sprintf("this status word of the component %q is unknown", c.Name)})
			}
			c.Status = status
		}
		if c.Key == "" {
			c.Key = "@" + c.Group + "/" + c.Name
		}
		used[c.Key]++
		if n := used[c.Key]; n > 1 {
			if raw.ID != "" {
				continue // one component listed twice
			}
			c.Key += "#" + strconv.Itoa(n)
		}
		out = append(out, c)
	}
	return out, findings
}

var lineEnds = regexp.MustCompile(`[ \t]*[\r\n\t\v\f]\s*`)

// title puts a title on one line and leaves its spaces as the vendor wrote them.
func title(s string) string {
	if isOneLine(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(zeroWidth.Replace(unescape(s)), "\u00a0", " ")
	return strings.TrimSpace(lineEnds.ReplaceAllString(s, " "))
}

// oneLine puts a name on one line: references resolved, runs of white space made one space.
func oneLine(s string) string {
	if isOneLine(s) {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(spaceRun.ReplaceAllString(zeroWidth.Replace(unescape(s)), " "))
}

// isOneLine reports whether a text holds nothing that oneLine would change but at its ends, as most names
// do; looking costs a tenth of changing nothing.
func isOneLine(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '&' || c == ' ' && i > 0 && s[i-1] == ' ' {
			return false
		}
	}
	return true
}

var (
	exampleTitle = regexp.MustCompile(`(?i)^this is an example incident$`)
	exampleWords = regexp.MustCompile(`(?i)when your product or service isn.t functioning as expected|empathize with those affected and let them know everything`)
)

// isExample looks for plain words first, which is much faster than the pattern.
func isExample(u Update) bool {
	lower := strings.ToLower(u.Body)
	return (strings.Contains(lower, "functioning as expected") || strings.Contains(lower, "empathize with")) && exampleWords.MatchString(u.Body)
}

// oddities notes what is readable and yet not what it seems.
func (r *reading) oddities() {
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
	printed, unit := parseDuration(r.raw.Duration)
	if unit == 0 || i.StartedAt.IsZero() || i.ResolvedAt.IsZero() {
		return
	}
	if measured := i.ResolvedAt.Sub(i.StartedAt); (measured - printed).Abs() > unit {
		r.finding("duration", r.raw.Duration, fmt.Sprintf("the printed times are %s apart", measured))
	}
}

var statedForm = regexp.MustCompile(`(?i)(?:\bfor|\blasted|\blasting|\bspanned|\bover|\bending|\btotal(?:ing| of)?|\bduration[:*\s]*)\s*(?:about|around|approximately|approx\.?|roughly|nearly|almost|a total of|~)?\s*` +
	`(~?\d+(?:\.\d+)?\s*(?:days?|hours?|hrs?|minutes?|mins?)(?:\s*(?:,|and)?\s*\d+\s*(?:hours?|hrs?|minutes?|mins?))?)`)

// statedDuration is how long the vendor's postmortem says the impact lasted, 0 if none says so.
func statedDuration(updates []Update) time.Duration {
	for _, u := range slices.Backward(updates) {
		if u.State != StatePostmortem {
			continue
		}
		if m := statedForm.FindStringSubmatch(Plain(u.Body)); m != nil {
			d, _ := parseDuration(m[1])
			return d
		}
	}
	return 0
}
