package upstream

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// silent returns the incidents of open that nothing but time speaks for. Who opens long after the provider's own
// incident was over is none of them.
func (t *telling) silent(s *Story, first time.Time, earlier, after time.Duration) []*witness {
	open := t.open(s, first, earlier, after)
	if cause := s.cause(); cause != nil {
		if ended := t.of(*cause).Ended; !ended.IsZero() {
			open = slices.DeleteFunc(open, func(i *witness) bool { return i.Opened.After(ended.Add(afterwards)) })
		}
	}
	return slices.DeleteFunc(open, func(i *witness) bool { return i.cloud })
}

// open returns the incidents that may still belong to a story, and that opened in that time around its first.
func (t *telling) open(s *Story, first time.Time, earlier, after time.Duration) []*witness {
	n := readNames()
	var open []*witness
	for _, i := range t.all {
		since := i.Opened.Sub(first)
		switch {
		case i.taken, since < -earlier, since > after, n.isOf(s.Provider, i.Incident):
		case i.says.excludes(s.Provider), i.blamesOther(s.Provider):
		default:
			open = append(open, i)
		}
	}
	return open
}

// blaming adds those who blame a provider without its name, at that time.
func (t *telling) blaming(s *Story, first time.Time) {
	kind := readNames().providers[s.Provider].Kind
	for _, i := range t.open(s, first, blaming, blaming) {
		m := i.says.unnamed
		if m.Stance == "" && (kind == KindCloud || kind == "ai") && i.Opened.Sub(first).Abs() <= withinHour {
			m = i.says.model
		}
		if m.Stance != "" {
			s.join(i, Unnamed, laterOf(m.At, s.ToldAt), m.Words, t.oneIn(i, first))
		}
	}
}

// located adds those whose trouble is in the region that others name.
func (t *telling) located(s *Story, first time.Time) {
	for _, i := range t.open(s, first, early, episode) {
		m := i.says.of[s.Provider]
		if m.Stance == InRegion && s.Region != "" && m.Region == s.Region && !i.cloud {
			s.join(i, Located, laterOf(m.At, s.ToldAt), m.Words, t.oneIn(i, first))
		}
	}
}

// standing adds those who are known to stand on the provider and opened within the hour, if they are more than those
// who do so by chance: of a hundred who stand on AWS, one opens something in many an hour.
func (t *telling) standing(s *Story, first time.Time) {
	if s.Provider == "" {
		return
	}
	usual := 0.0
	companies := map[string]bool{}
	for company := range t.world.StandsOn {
		if t.world.stands(company, *s) {
			usual += 1 / t.world.oneIn(company, withinHour)
		}
	}
	var found []*witness
	for _, i := range t.silent(s, first, early, withinHour) {
		if t.world.stands(i.by, *s) {
			found = append(found, i)
			companies[i.by] = true
		}
	}
	if len(found) == 0 || atLeast(len(companies), usual) > standingByChance {
		return
	}
	for _, i := range found {
		s.join(i, StandsOn, laterOf(i.Opened, s.ToldAt), "", t.oneIn(i, first))
	}
}

// others adds those who say nothing of providers and opened soon after the start, if chance does not bring so many of
// them. One alone is a bystander.
func (t *telling) others(s *Story, first time.Time) {
	silent := slices.DeleteFunc(t.silent(s, first, early, spans[len(spans)-1]), func(i *witness) bool {
		return i.says.blames()
	})
	for _, r := range t.runsOf(silent) {
		for _, i := range r.members {
			s.join(i, InTime, laterOf(i.Opened, s.ToldAt), "", t.oneIn(i, first))
		}
	}
}

// of returns the incident of a member.
func (t *telling) of(m Member) *witness {
	for _, i := range t.all {
		if i.ID == m.Incident && i.Vendor == m.Vendor {
			return i
		}
	}
	return nil
}

// oneIn is once in how many times its vendor opens an incident so near to that time by chance.
func (t *telling) oneIn(i *witness, first time.Time) float64 {
	return t.world.oneIn(i.by, max(i.Opened.Sub(first).Abs(), spans[0]))
}

// blamesOther reports whether an incident names another provider as its cause.
func (i *witness) blamesOther(provider string) bool {
	n := readNames()
	for p, m := range i.says.of {
		if m.Stance == Blames && p != provider && (provider == "" || n.family(p) != n.family(provider)) {
			return true
		}
	}
	return false
}

// stands reports whether a company is known to stand on the story's provider.
func (w World) stands(company string, s Story) bool {
	return s.Provider != "" && slices.ContainsFunc(w.StandsOn[company], func(f Footing) bool {
		return f.Provider == s.Provider && (f.Region == "" || s.Region == "" || f.Region == s.Region)
	})
}

func (s *Story) join(i *witness, e Evidence, at time.Time, words string, oneIn float64) {
	i.taken = true
	s.Members = append(s.Members, Member{Incident: i.ID, Vendor: i.Vendor, Company: i.by, Evidence: e, At: at,
		Words: words, OneIn: oneIn})
}

// count counts companies, and those that name the provider.
func (s *Story) count() {
	all, named := map[string]bool{}, map[string]bool{}
	for _, m := range s.Members {
		all[m.Company] = true
		if m.Evidence == Named {
			named[m.Company] = true
		}
	}
	s.Companies, s.NamedBy = len(all), len(named)
}

// close gives a story its times. It ends with the provider's own incident; where there is none, with the
// last of those whose words tell it, and where nobody's do, with the last of all.
func (t *telling) close(s *Story, r run) {
	s.count()
	if r.claimed() {
		s.OneIn = 1 / r.perWeek
	}
	rank := map[Evidence]int{Cause: 0, Named: 1, Unnamed: 2, Located: 3, StandsOn: 4, InTime: 5}
	telling := slices.ContainsFunc(s.Members, func(m Member) bool { return rank[m.Evidence] <= 2 })
	lasts := false
	for _, m := range s.Members {
		i := t.of(m)
		began := i.Opened
		if !i.Started.IsZero() && i.Started.Before(began) && began.Sub(i.Started) <= blaming && m.Evidence != InTime {
			began = i.Started
		}
		if s.StartedAt.IsZero() || began.Before(s.StartedAt) {
			s.StartedAt = began
		}
		if telling && rank[m.Evidence] > 2 {
			continue
		}
		lasts = lasts || i.Ended.IsZero()
		s.EndedAt = laterOf(s.EndedAt, i.Ended)
	}
	if lasts {
		s.EndedAt = time.Time{}
	}
	if cause := s.cause(); cause != nil {
		s.EndedAt = t.of(*cause).Ended
	}
	slices.SortFunc(s.Members, func(a, b Member) int {
		x, y := t.of(a), t.of(b)
		return cmp.Or(cmp.Compare(btoi(a.Evidence != Cause), btoi(b.Evidence != Cause)), x.Opened.Compare(y.Opened),
			strings.Compare(a.Vendor, b.Vendor), cmp.Compare(a.Incident, b.Incident))
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// mostOf returns the value that is named most, "" not counted.
func mostOf(counts map[string]int) string {
	best := ""
	for v, n := range counts {
		if v != "" && (best == "" || n > counts[best] || n == counts[best] && v < best) {
			best = v
		}
	}
	return best
}
