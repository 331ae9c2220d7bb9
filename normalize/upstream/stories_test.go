package upstream_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/upstream"
)

const minute = time.Minute

// outage is a night of one cause with victims that say so, that do not name it, and that are not hit.
func outage() []upstream.Incident {
	own := say(1, "cloudflare", 0, "Global network outage", "We are investigating.")
	own.Severity = normalize.SeverityCritical
	shared := "Kelp services impacted for customers in all regions"
	return []upstream.Incident{
		own,
		say(2, "kelpworks", 8*minute, "Dashboard does not load", "We investigate.",
			"This is due to the ongoing Cloudflare outage."),
		say(3, "tidepay", 20*minute, "Payments fail", "An outage of an upstream provider affects payments."),
		say(4, "gullmail", 31*minute, "Mail is late", "Mail is late as a result of the Cloudflare incident."),
		say(5, "harbour", 45*minute, "Cloudflare incident awareness", "No Harbour services are impacted by it."),
		say(6, "reefhost", 50*minute, "Degraded network performance", "Our upstream providers have an issue."),
		say(7, "driftdb", 9*time.Hour, "Backups are late", "A disk is full."),
		say(8, "kelp-a", 60*minute, shared, "It is caused by the Cloudflare outage."),
		say(9, "kelp-b", 61*minute, shared, "It is caused by the Cloudflare outage."),
	}
}

func world(vendors ...string) upstream.World {
	w := upstream.World{PerWeek: map[string]float64{}, StandsOn: map[string][]upstream.Footing{}}
	for _, v := range vendors {
		w.PerWeek[v+".example"] = 4
	}
	return w
}

func vendors(s upstream.Story) string {
	var all []string
	for _, m := range s.Members {
		all = append(all, m.Vendor+" "+string(m.Evidence))
	}
	return strings.Join(all, ", ")
}

func TestStories(t *testing.T) {
	all := outage()
	w := world("kelpworks", "tidepay", "gullmail", "harbour", "reefhost", "driftdb", "kelp-a", "kelp-b")
	for _, c := range []struct {
		after     time.Duration
		want      string
		companies int
	}{
		{5 * minute, "", 0},
		{20 * minute, "", 0}, // Kelpworks has opened, and does not know why yet
		{23 * minute, "cloudflare cause, kelpworks named, tidepay unnamed", 3},
		{46 * minute, "cloudflare cause, kelpworks named, tidepay unnamed, gullmail named", 4},
		{12 * time.Hour,
			"cloudflare cause, kelpworks named, tidepay unnamed, gullmail named, kelp-a named, kelp-b named", 5},
	} {
		stories := upstream.Stories(upstream.Known(all, noon.Add(c.after)), w)
		switch {
		case c.want == "" && len(stories) == 0:
		case c.want == "" || len(stories) != 1:
			t.Errorf("after %s: %d stories: %+v", c.after, len(stories), stories)
		case vendors(stories[0]) != c.want || stories[0].Companies != c.companies:
			t.Errorf("after %s: %d companies: %s\nwant %d: %s", c.after, stories[0].Companies, vendors(stories[0]),
				c.companies, c.want)
		case !stories[0].ToldAt.Equal(noon.Add(23 * minute)):
			t.Errorf("after %s: told at %s", c.after, stories[0].ToldAt)
		}
	}
}

func TestStoryEnds(t *testing.T) {
	all := outage()
	w := world()
	if s := upstream.Stories(all, w)[0]; !s.EndedAt.IsZero() {
		t.Errorf("it ended at %s, and everything is open", s.EndedAt)
	}
	all[0].Ended = noon.Add(2 * time.Hour)
	if s := upstream.Stories(all, w)[0]; !s.EndedAt.Equal(all[0].Ended) {
		t.Errorf("it ended at %v, and the cause at %s", s.EndedAt, all[0].Ended)
	}
	// Where the provider's own page is not watched, the last of those who name it ends the story.
	rest := all[1:]
	for n := range rest {
		rest[n].Ended = rest[n].Opened.Add(3 * time.Hour)
	}
	s := upstream.Stories(rest, w)[0]
	if s.Provider != "cloudflare" || s.Members[0].Evidence == upstream.Cause ||
		!s.EndedAt.Equal(noon.Add(61*minute+3*time.Hour)) {
		t.Errorf("without its own page: %q ended at %v: %s", s.Provider, s.EndedAt, vendors(s))
	}
}

// One witness is not several, however many pages he has.
func TestOneWitness(t *testing.T) {
	title := "Several of our products cannot be reached at this time"
	var all []upstream.Incident
	for n := range 12 {
		i := say(int64(n), fmt.Sprint("product", n), time.Duration(n)*minute, title, "It is due to an outage at AWS.")
		i.Page = fmt.Sprintf("product%d.status.atlassian.com", n)
		all = append(all, i)
	}
	if s := upstream.Stories(all, world()); len(s) > 0 {
		t.Errorf("twelve pages of one company: %s", vendors(s[0]))
	}
	for n := range all {
		all[n].Page = fmt.Sprintf("status%d.example", n) // nothing says that they belong together, but the title
	}
	if s := upstream.Stories(all, world()); len(s) > 0 {
		t.Errorf("one incident on twelve pages: %s", vendors(s[0]))
	}
	all = append(all, say(99, "gullmail", 30*minute, "Mail is late", "Due to the AWS outage mail is late."))
	if s := upstream.Stories(all, world()); len(s) != 1 || s[0].NamedBy != 2 || len(s[0].Members) != 13 {
		t.Errorf("and another witness: %+v", s)
	}
}

func TestTwoCausesInOneDay(t *testing.T) {
	all := []upstream.Incident{
		say(1, "a", 0, "Late", "This is due to the Azure outage."),
		say(2, "b", 5*minute, "Late", "This is due to a GitHub incident."),
		say(3, "c", 10*minute, "Late", "This is due to the Azure outage."),
		say(4, "d", 15*minute, "Late", "This is due to the GitHub incident."),
		say(5, "e", 20*minute, "Late", "This is due to our model provider Anthropic having problems."),
	}
	s := upstream.Stories(all, world())
	if len(s) != 2 || vendors(s[0]) != "a named, c named" || vendors(s[1]) != "b named, d named" {
		t.Errorf("%+v", s)
	}
}

// Who names Cloudflare, which itself names Google Cloud, stems from Google Cloud.
func TestChain(t *testing.T) {
	own := say(1, "cloudflare", 10*minute, "Workers fail", "This is caused by an outage at Google Cloud.")
	all := []upstream.Incident{
		say(2, "a", 5*minute, "Late", "This is due to the Google Cloud outage."),
		own,
		say(3, "b", 20*minute, "Late", "This is due to the Cloudflare outage."),
		say(4, "c", 25*minute, "Late", "This is due to the Cloudflare outage."),
	}
	s := upstream.Stories(all, world())
	if len(s) != 1 || s[0].Provider != "google-cloud" || len(s[0].Members) != 4 {
		t.Errorf("%+v", s)
	}
}

// Until somebody names it, time and rate can tell: many who open seldom, at once. Who runs clouds is not among them.
func TestTimeAlone(t *testing.T) {
	var all []upstream.Incident
	w := world()
	for n := range 30 {
		w.PerWeek[fmt.Sprintf("v%d.example", n)] = 0.5
	}
	for n := range 7 {
		all = append(all, say(int64(n), fmt.Sprintf("v%d", n), time.Duration(n)*4*minute, fmt.Sprint("Trouble ", n)))
	}
	cloud := say(50, "google-cloud", 3*minute, "Trouble of its own")
	s := upstream.Stories(append(all, cloud), w)
	if len(s) != 1 || s[0].Provider != "" || len(s[0].Members) != 7 || s[0].OneIn < 52 {
		t.Fatalf("%+v", s)
	}
	if got := upstream.Stories(all[:2], w); len(got) > 0 {
		t.Errorf("two: %+v", got)
	}
	for v := range w.PerWeek {
		w.PerWeek[v] = 20
	}
	if got := upstream.Stories(all, w); len(got) > 0 {
		t.Errorf("seven who open three a day: %+v", got)
	}
	// Two are known to stand on Cloudflare, which posted a bad one just before.
	own := say(60, "cloudflare", -5*minute, "Errors")
	for v := range w.PerWeek {
		w.PerWeek[v] = 0.5
		w.StandsOn[v] = []upstream.Footing{{Provider: "cloudflare"}}
	}
	s = upstream.Stories(append(all, own), w)
	if len(s) != 1 || s[0].Provider != "cloudflare" || s[0].Members[0].Evidence != upstream.Cause ||
		s[0].Members[1].Evidence != upstream.StandsOn {
		t.Errorf("with its footing: %+v", s)
	}
}

// Noise alone tells no story: of years of openings that have nothing to do with each other, next to none.
func TestNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 3))
	w := world()
	rates := map[string]float64{}
	for n := range 40 {
		v := fmt.Sprintf("v%d", n)
		rates[v] = []float64{0.3, 1, 2, 5, 20}[n%5]
		w.PerWeek[v+".example"] = rates[v]
	}
	texts := []string{"We investigate.", "A disk is full.", "Users cannot log in with GitHub.",
		"Hosts in AWS us-east-1 are late.", "We work with our upstream carriers.",
		"Cloudflare customers may see errors."}
	var said []upstream.Incident
	for _, text := range texts {
		said = append(said, say(0, "v", 0, "Trouble", text))
	}
	told, weeks := 0, 150
	for range weeks {
		var all []upstream.Incident
		for n := range 40 {
			v := fmt.Sprintf("v%d", n)
			for at := r.ExpFloat64() / rates[v]; at < 1; at += r.ExpFloat64() / rates[v] {
				after := time.Duration(at * float64(7*24*time.Hour))
				i := said[r.IntN(len(said))]
				i.ID, i.Vendor, i.Page, i.Opened = int64(len(all)), v, "status."+v+".example", noon.Add(after)
				i.Title = fmt.Sprint("Trouble ", len(all))
				i.Severity = []normalize.Severity{"minor", "minor", "none", "major", "critical"}[r.IntN(5)]
				all = append(all, i)
			}
		}
		told += len(upstream.Stories(all, w))
	}
	t.Logf("%d stories in %d weeks of noise", told, weeks)
	if told > weeks/52+1 {
		t.Errorf("%d stories in %d weeks of noise; want at most one a year", told, weeks)
	}
}

// The order in which incidents are given makes no difference, nor does a vendor that has nothing to do with them.
func TestOrderAndOthers(t *testing.T) {
	all := outage()
	w := world("kelpworks", "tidepay", "gullmail", "harbour", "reefhost", "driftdb", "kelp-a", "kelp-b")
	want := upstream.Stories(all, w)
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		shuffled := slices.Clone(all)
		r.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
		if got := upstream.Stories(shuffled, w); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order:\n%+v\nwant\n%+v", got, want)
		}
		at := time.Duration(r.IntN(24*60)-12*60) * minute
		other := say(77, "bystander", at, "Reports are late", "We rebuild an index.")
		w.PerWeek["bystander.example"] = 3
		if got := upstream.Stories(append(shuffled, other), w); len(got) != 1 || vendors(got[0]) != vendors(want[0]) {
			t.Fatalf("with a bystander at %s:\n%+v", at, got)
		}
		delete(w.PerWeek, "bystander.example")
	}
}

// What is planned, announced or seen by our own checks is no witness.
func TestWitnesses(t *testing.T) {
	for _, change := range []func(*upstream.Incident){
		func(i *upstream.Incident) { i.Kind = normalize.KindMaintenance },
		func(i *upstream.Incident) { i.Kind = normalize.KindNotice },
		func(i *upstream.Incident) { i.Origin = "probe" },
	} {
		all := []upstream.Incident{
			say(1, "a", 0, "Late", "This is due to the Azure outage."),
			say(2, "b", 5*minute, "Late", "This is due to the Azure outage."),
		}
		if len(upstream.Stories(all, world())) != 1 {
			t.Fatal("two witnesses tell nothing")
		}
		change(&all[1])
		if got := upstream.Stories(all, world()); len(got) > 0 {
			t.Errorf("%+v", got)
		}
	}
}
