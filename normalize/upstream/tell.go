package upstream

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// accuse is one incident that blames a provider.
type accuse struct {
	*witness
	Mention
	provider string
}

// draft is a story before it is told.
type draft struct {
	provider string
	named    []accuse // by opening
	own      *witness // the provider's own incident, if it is on record
}

// named tells the stories that words tell.
func (t *telling) named() {
	n := readNames()
	byFamily := map[string][]accuse{}
	for _, i := range t.all {
		for provider, m := range i.says.of {
			if m.Stance == Blames {
				f := n.family(provider)
				byFamily[f] = append(byFamily[f], accuse{i, m, provider})
			}
		}
	}
	var drafts []draft
	for _, all := range byFamily {
		slices.SortFunc(all, func(a, b accuse) int {
			return cmp.Or(a.Opened.Compare(b.Opened), strings.Compare(a.Vendor, b.Vendor), cmp.Compare(a.ID, b.ID),
				strings.Compare(a.provider, b.provider))
		})
		for len(all) > 0 {
			end := 1
			for end < len(all) && all[end].Opened.Sub(all[end-1].Opened) <= episode &&
				all[end].Opened.Sub(all[0].Opened) <= longest {
				end++
			}
			drafts = append(drafts, t.draft(all[:end]))
			all = all[end:]
		}
	}
	// The best witnessed first: an incident that names two providers belongs to the story of more.
	slices.SortFunc(drafts, func(a, b draft) int {
		return cmp.Or(cmp.Compare(len(told(b.named)), len(told(a.named))),
			a.named[0].Opened.Compare(b.named[0].Opened), strings.Compare(a.provider, b.provider))
	})
	for _, d := range drafts {
		t.tell(d)
	}
}

func (t *telling) draft(named []accuse) draft {
	n := readNames()
	d := draft{}
	votes := map[string]map[string]bool{}
	for _, a := range named {
		if votes[a.provider] == nil {
			votes[a.provider] = map[string]bool{}
		}
		votes[a.provider][a.by] = true
	}
	// A bare name, Microsoft, stands for the part of it that others name: Azure.
	for _, p := range slices.Sorted(maps.Keys(votes)) {
		bare, than := p == n.family(p), d.provider == n.family(d.provider)
		if d.provider == "" || than && !bare || than == bare && len(votes[p]) > len(votes[d.provider]) {
			d.provider = p
		}
	}
	for _, a := range named {
		if a.provider == d.provider || a.provider == n.family(d.provider) {
			d.named = append(d.named, a)
		}
	}
	d.own = t.own(d.provider, d.named[0].Opened)
	return d
}

// told returns since when each company has named the provider, the first to do so first.
func told(named []accuse) []time.Time {
	since := map[string]time.Time{}
	for _, a := range named {
		if at, ok := since[a.by]; !ok || a.At.Before(at) {
			since[a.by] = a.At
		}
	}
	return slices.SortedFunc(maps.Values(since), time.Time.Compare)
}

// own finds the provider's own incident: the worst of those that were open when its trouble was first felt, or were
// posted soon after.
func (t *telling) own(provider string, first time.Time) *witness {
	var own *witness
	for _, i := range t.all {
		if i.taken || !readNames().isOf(provider, i.Incident) || i.Opened.Before(first.Add(-before)) ||
			i.Opened.After(first.Add(late)) || !i.Ended.IsZero() && i.Ended.Before(first.Add(-afterwards)) {
			continue
		}
		if own == nil || i.Severity.Rank() > own.Severity.Rank() ||
			i.Severity.Rank() == own.Severity.Rank() && i.Opened.Sub(first).Abs() < own.Opened.Sub(first).Abs() {
			own = i
		}
	}
	return own
}

// tell makes a story of a draft, if there is enough to claim it: two companies that name the provider, or one and the
// provider's own bad incident, or one among a run that chance does not bring.
func (t *telling) tell(d draft) {
	// Whose own incident is the cause of a story told before witnesses as well, and brings that story along.
	caused := map[string]bool{}
	d.named = slices.DeleteFunc(d.named, func(a accuse) bool {
		if n := t.causedBy(a.witness); n >= 0 {
			caused[t.stories[n].Provider] = true
			return false
		}
		return a.taken
	})
	since := told(d.named)
	var r run
	for _, found := range t.found {
		if slices.ContainsFunc(d.named, func(a accuse) bool { return found.has(a.witness) }) {
			r = found
			break
		}
	}
	at := enough(since, d.own, r)
	if at.IsZero() {
		return
	}
	p := readNames().providers[d.provider]
	s := Story{Provider: p.Slug, Name: p.Name, ToldAt: at}
	first := d.named[0].Opened
	root := -1 // the story of which the provider's own incident is a member already
	if d.own != nil && d.own.taken {
		root = t.storyOf(d.own)
	} else if d.own != nil {
		s.join(d.own, Cause, d.own.Opened, "", 0)
		if d.own.Opened.Before(first) {
			first = d.own.Opened
		}
	}
	regions := map[string]int{}
	for _, a := range d.named {
		if !a.taken {
			s.join(a.witness, Named, a.At, a.Words, 0)
		}
		regions[a.Region]++
	}
	s.Region = mostOf(regions)
	t.blaming(&s, first)
	t.located(&s, first)
	t.standing(&s, first)
	t.others(&s, first)
	t.close(&s, r)
	for at := len(t.stories) - 1; at >= 0; at-- {
		if caused[t.stories[at].Provider] {
			s.absorb(t.stories[at], Named)
			t.stories = slices.Delete(t.stories, at, at+1)
		}
	}
	if root >= 0 {
		t.stories[root].absorb(s, "")
		return
	}
	t.stories = append(t.stories, s)
}

// causedBy returns the story that an incident is the cause of; -1 if there is none.
func (t *telling) causedBy(i *witness) int {
	return slices.IndexFunc(t.stories, func(s Story) bool {
		cause := s.cause()
		return cause != nil && cause.Incident == i.ID && cause.Vendor == i.Vendor
	})
}

func (t *telling) storyOf(i *witness) int {
	return slices.IndexFunc(t.stories, func(s Story) bool {
		return slices.ContainsFunc(s.Members, func(m Member) bool { return m.Incident == i.ID && m.Vendor == i.Vendor })
	})
}

// enough returns since when there is enough to claim a story; zero: there is not.
func enough(since []time.Time, own *witness, r run) time.Time {
	var at time.Time
	sooner := func(than time.Time) {
		if at.IsZero() || than.Before(at) {
			at = than
		}
	}
	if len(since) >= 2 {
		sooner(since[1])
	}
	if len(since) >= 1 && own != nil && bad(own) {
		sooner(laterOf(since[0], own.Opened))
	}
	if len(since) >= 1 && r.claimed() {
		sooner(laterOf(since[0], r.members[len(r.members)-1].Opened))
	}
	return at
}

func bad(i *witness) bool {
	return i.Severity == normalize.SeverityMajor || i.Severity == normalize.SeverityCritical
}

// inTime tells the stories that only time tells: runs that chance does not bring, of whom nobody names anybody. If a
// provider on whom most of them stand posted a bad incident of its own just then, it is the likely cause.
func (t *telling) inTime() {
	for _, r := range t.found {
		if slices.ContainsFunc(r.members, func(i *witness) bool { return i.taken || t.within(i) }) {
			continue
		}
		s := Story{ToldAt: r.members[len(r.members)-1].Opened}
		first := r.members[0].Opened
		if own := t.footing(r); own != nil {
			p := t.providerOf(own)
			s.Provider, s.Name = p.Slug, p.Name
			s.join(own, Cause, own.Opened, "", 0)
		}
		for _, i := range r.members {
			switch {
			case i.taken:
			case i.says.unnamed.Stance != "":
				s.join(i, Unnamed, i.says.unnamed.At, i.says.unnamed.Words, t.oneIn(i, first))
			case t.world.stands(i.by, s):
				s.join(i, StandsOn, laterOf(i.Opened, s.ToldAt), "", t.oneIn(i, first))
			default:
				s.join(i, InTime, laterOf(i.Opened, s.ToldAt), "", t.oneIn(i, first))
			}
		}
		t.blaming(&s, first)
		t.close(&s, r)
		t.stories = append(t.stories, s)
	}
}

// within reports whether an incident opened while another story began: what is left of its run is no second one.
func (t *telling) within(i *witness) bool {
	return slices.ContainsFunc(t.stories, func(s Story) bool {
		return i.Opened.After(s.StartedAt.Add(-blaming)) && i.Opened.Before(s.StartedAt.Add(blaming))
	})
}

// footing finds the likely cause of a run: a provider with a bad incident of its own at its beginning, on whom at least
// half of the run's vendors stand, and two.
func (t *telling) footing(r run) *witness {
	first := r.members[0].Opened
	var best *witness
	most := 0
	for _, i := range t.all {
		if i.taken || !bad(i) || i.Opened.Sub(first) > early || first.Sub(i.Opened) > withinHour {
			continue
		}
		p := t.providerOf(i)
		stand := 0
		for _, m := range r.members {
			if m.by != i.by && t.world.stands(m.by, Story{Provider: p.Slug}) {
				stand++
			}
		}
		if stand >= 2 && 2*stand >= len(r.members)-1 && stand > most {
			best, most = i, stand
		}
	}
	return best
}

// providerOf returns the provider whose own incident it is; one without slug if it is none.
func (t *telling) providerOf(i *witness) Provider {
	n := readNames()
	for _, slug := range slices.Sorted(maps.Keys(n.providers)) {
		if n.isOf(slug, i.Incident) && n.family(slug) != slug || n.isOf(slug, i.Incident) && !n.hasParts(slug) {
			return n.providers[slug]
		}
	}
	return Provider{}
}

// chain joins stories of which one's cause stems from the other's: who names Cloudflare, which itself names Google
// Cloud, stems from Google Cloud.
func (t *telling) chain() {
	for again := true; again; {
		again = false
		for at, s := range t.stories {
			cause := s.cause()
			if cause == nil {
				continue
			}
			if root := t.stemsFrom(cause, at); root >= 0 {
				t.stories[root].absorb(s, Unnamed)
				t.stories = slices.Delete(t.stories, at, at+1)
				again = true
				break
			}
		}
	}
}

// stemsFrom returns the story that an incident's words point to, other than its own; -1 if there is none.
func (t *telling) stemsFrom(cause *Member, own int) int {
	for _, i := range t.all {
		if i.ID != cause.Incident || i.Vendor != cause.Vendor {
			continue
		}
		for at, s := range t.stories {
			if at == own || s.Provider == "" || i.Opened.Before(s.StartedAt.Add(-early)) ||
				i.Opened.After(s.StartedAt.Add(blaming)) {
				continue
			}
			if i.says.of[s.Provider].Stance == Blames || i.says.unnamed.Stance != "" && !i.blamesOther(s.Provider) {
				return at
			}
		}
	}
	return -1
}

func (s *Story) cause() *Member {
	for at := range s.Members {
		if s.Members[at].Evidence == Cause {
			return &s.Members[at]
		}
	}
	return nil
}

// absorb takes over the members of a story whose cause stems from this one's, by that evidence.
func (s *Story) absorb(other Story, by Evidence) {
	for _, m := range other.Members {
		if m.Evidence == Cause {
			m.Evidence = by
		}
		s.Members = append(s.Members, m)
	}
	if other.StartedAt.Before(s.StartedAt) {
		s.StartedAt = other.StartedAt
	}
	if other.ToldAt.Before(s.ToldAt) {
		s.ToldAt = other.ToldAt
	}
	if other.EndedAt.IsZero() || s.EndedAt.IsZero() {
		s.EndedAt = time.Time{}
	} else {
		s.EndedAt = laterOf(s.EndedAt, other.EndedAt)
	}
	s.count()
}
