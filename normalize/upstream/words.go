package upstream

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// A Stance is what an incident says of a provider.
type Stance string

// The stances.
const (
	Blames      Stance = "blames"       // it names the provider's trouble as the cause of its own
	BlamesModel Stance = "blames_model" // it blames the provider of an AI model, whom it does not name
	TellsOf     Stance = "tells_of"     // it tells of the provider's trouble, and not whether that is its own
	InRegion    Stance = "in_region"    // it names a region of the provider as the place of its trouble
	NotHit      Stance = "not_hit"      // it names the provider's trouble, and says that it is not hit
	Unrelated   Stance = "unrelated"    // it says that its trouble has nothing to do with the provider's
)

// A Mention is the first time at which the words of an incident took a stance towards a provider.
type Mention struct {
	Provider string // slug; empty: it blames a provider whom it does not name
	Region   string // of the provider, if the words name one
	Stance   Stance
	At       time.Time // of the post; of a title, when the incident opened
	Words    string    // the sentence
}

// Read returns what the title and the posts of an incident say of providers: of each provider and stance the first
// time. Its own company is not counted.
func Read(i Incident, posts []Post) []Mention {
	n := readNames()
	company := i.company()
	r := reader{names: n, own: func(provider string) bool {
		return n.isOf(provider, i) || n.family(provider) == company
	}}
	// Whose networks are slow speaks of carriers when it speaks of its providers; those are no cause of others'.
	r.carriers = carrierTitle.MatchString(i.Title)
	r.take(i.Title, i.Opened, true)
	posts = slices.Clone(posts)
	slices.SortFunc(posts, func(a, b Post) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Text, b.Text)) })
	for _, p := range posts {
		if !n.speaks(p.Text) {
			continue
		}
		for _, sentence := range sentences(p.Text) {
			if n.speaks(sentence) {
				r.take(sentence, p.At, false)
			}
		}
	}
	return r.all
}

// reader is the state of Read.
type reader struct {
	names    names
	own      func(provider string) bool
	carriers bool
	all      []Mention
}

// take reads one sentence, or a title.
func (r *reader) take(sentence string, at time.Time, title bool) {
	marked, places := r.names.mark(sentence, r.own)
	denied, unrelated := denial.MatchString(marked), unrelated.MatchString(marked)
	stance := blamed(marked, string(unnamedToken), title)
	unnamed := !denied && !unrelated && !r.carriers &&
		(stance == Blames || stance == TellsOf && standsBelow.MatchString(sentence))
	regions := map[string]string{}
	for _, p := range places {
		if p.region != "" && regions[p.provider] == "" {
			regions[p.provider] = p.region
		}
	}
	for number, p := range places {
		m := Mention{Provider: p.provider, Region: regions[p.provider], At: at, Words: sentence}
		switch {
		case p.region != "" && unnamed:
			m.Stance = Blames // "Upstream provider issue in us-east-1": the region says whose
		case p.region != "" && inTrouble(marked):
			m.Stance = InRegion
		case p.region != "":
			continue
		case unrelated:
			m.Stance = Unrelated
		case denied:
			m.Stance = NotHit
		case unnamed && r.names.only(p.provider, places):
			m.Stance = Blames // "Due to upstream provider issues, no data comes from AWS"
		default:
			m.Stance = blamed(marked, string(tokenOf(number)), title)
		}
		if m.Stance == "" {
			continue
		}
		r.add(m)
	}
	if unnamed {
		r.add(Mention{Stance: Blames, At: at, Words: sentence})
	}
	if model := strings.ReplaceAll(marked, string(modelToken), string(unnamedToken)); model != marked && !denied &&
		blamed(model, string(unnamedToken), title) != "" {
		r.add(Mention{Stance: BlamesModel, At: at, Words: sentence})
	}
}

// add keeps the first mention of its kind, and the first region of it.
func (r *reader) add(m Mention) {
	for at := range r.all {
		if r.all[at].Provider == m.Provider && r.all[at].Stance == m.Stance && (m.Region == "" ||
			r.all[at].Region == "" || r.all[at].Region == m.Region) {
			if m.Region == "" || r.all[at].Region == m.Region {
				return
			}
		}
	}
	r.all = append(r.all, m)
}

// testimony is what an incident's mentions come to.
type testimony struct {
	of      map[string]Mention // by provider
	unnamed Mention            // it blames a provider whom it does not name
	model   Mention            // it blames the provider of an AI model, whom it does not name
}

// weigh takes the strongest stance towards each provider. Who says that it is not hit, and at another time that it is,
// is hit: the first may be about a part of it. Only "unrelated" takes a blame back. Who tells of the provider's trouble
// in an incident of its own, and never says that it is not hit, blames it.
func weigh(says []Mention) testimony {
	t := testimony{of: map[string]Mention{}}
	says = slices.Clone(says)
	slices.SortStableFunc(says, func(a, b Mention) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Provider, b.Provider),
			strings.Compare(string(a.Stance), string(b.Stance)), strings.Compare(a.Region, b.Region))
	})
	for _, m := range says {
		if m.Provider == "" {
			if m.Stance == BlamesModel {
				t.model = firstOf(t.model, m)
			} else {
				t.unnamed = firstOf(t.unnamed, m)
			}
			continue
		}
		had, ok := t.of[m.Provider]
		region := cmp.Or(had.Region, m.Region)
		if !ok || m.Stance == Unrelated || had.Stance != Unrelated && weight(m.Stance) > weight(had.Stance) {
			if had.Stance == TellsOf && m.Stance == Blames {
				m.At = had.At // it counted from then on
			}
			had = m
		}
		had.Region = region
		t.of[m.Provider] = had
	}
	for provider, m := range t.of {
		if m.Stance == TellsOf {
			m.Stance = Blames
			t.of[provider] = m
		}
	}
	return t
}

// excludes reports whether an incident says that the provider's trouble is not its own.
func (t testimony) excludes(provider string) bool {
	s := t.of[provider].Stance
	return s == NotHit || s == Unrelated
}

func weight(s Stance) int { return slices.Index([]Stance{InRegion, TellsOf, NotHit, Blames}, s) }

func firstOf(had, m Mention) Mention {
	if had.Stance == "" {
		return m
	}
	return had
}

// Tokens stand for names in a sentence while it is matched: private runes, which no text has.
const (
	firstToken   = '\ue000'
	unnamedToken = '\uf000'
	modelToken   = '\uf001'
	carrierToken = '\uf002'
)

func tokenOf(number int) rune { return firstToken + rune(number) }

// mark replaces the names of providers, and the words for unnamed ones, by tokens.
func (n names) mark(sentence string, own func(string) bool) (string, []place) {
	var places []place
	sentence = strings.Map(func(r rune) rune {
		if r >= firstToken && r <= carrierToken {
			return -1
		}
		return r
	}, address.ReplaceAllString(sentence, " "))
	found := n.find(sentence)
	named := map[string]bool{}
	for _, f := range found {
		if at, ok := n.look(sentence[f.from:f.to]); ok {
			named[at.provider], named[n.family(at.provider)] = true, true
		}
	}
	var b strings.Builder
	end := 0
	for _, f := range found {
		w := sentence[f.from:f.to]
		at, ok := n.look(w)
		if !ok {
			at, ok = n.ordinary[strings.ToLower(w)]
			ok = ok && (named[at.provider] || named[n.family(at.provider)])
		}
		if ok && !own(at.provider) {
			b.WriteString(sentence[end:f.from])
			b.WriteRune(tokenOf(len(places)))
			places, end = append(places, at), f.to
		}
	}
	marked := b.String() + sentence[end:]
	marked = carrierWords.ReplaceAllString(marked, string(carrierToken))
	marked = modelWords.ReplaceAllString(marked, string(modelToken))
	marked = unnamedWords.ReplaceAllString(marked, string(unnamedToken))
	marked = ownPart.ReplaceAllString(marked, "x $1")
	return barrier.ReplaceAllString(marked, "$1 |"), places
}

var inPlace = lazyregexp.New(`(?i)` + trouble + `|\b(?:delay|slow|timeout|missing|inaccessib|stopp|fail)\w*`)

// inTrouble reports whether a text speaks of trouble at all.
func inTrouble(marked string) bool { return inPlace.MatchString(marked) }

var endOfSentence = lazyregexp.New(`[.!?]['")\]]*\s+|\n+|<br ?/?>|\r`)

// sentences splits a post. Where in doubt it splits less, never within a number or an address.
func sentences(text string) []string {
	var all []string
	for _, s := range endOfSentence.Split(text, -1) {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}
