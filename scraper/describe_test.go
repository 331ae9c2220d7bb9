package scraper_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize/goldentest"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// described returns each platform's name, in order, and its description.
func described(t *testing.T) (names []string, out []scraper.Description) {
	t.Helper()
	for _, name := range platforms.Names() {
		d, ok := platforms.All()[name].(scraper.Describer)
		if !ok {
			t.Errorf("platform %q does not say what it reads: give it a method Describe", name)
			continue
		}
		names, out = append(names, name), append(out, d.Describe())
	}
	return names, out
}

// TestDescriptionsAreTrue holds that each platform's description is complete, and that the fields it tells are
// those that the incidents of its cases have.
func TestDescriptionsAreTrue(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	names, list := described(t)
	for n, d := range list {
		t.Run(names[n], func(t *testing.T) {
			if d.Name == "" || len(d.Documents) == 0 || d.History == "" {
				t.Errorf("the description lacks a name, documents or history: %+v", d)
			}
			if !slices.Contains([]scraper.Evidence{scraper.FromBytes, scraper.FromDocuments, scraper.FromBoth},
				d.Source) {
				t.Errorf("%q is no kind of evidence", d.Source)
			}
			want := []string{}
			for _, field := range scraper.Fields() {
				if goldenFields(t, names[n])[field] {
					want = append(want, field)
				}
			}
			if diff := cmp.Diff(want, d.Fields); diff != "" {
				t.Errorf("the incidents of testdata/%s have other fields (-have +described):\n%s", names[n], diff)
			}
		})
	}
}

// goldenFields returns the fields that at least one incident of a platform's golden files has.
func goldenFields(t *testing.T, platform string) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	for _, dir := range platformtest.CaseDirs(t)[platform] {
		var incidents []goldenIncident
		var raw goldenRaw
		if !readGolden(t, filepath.Join(dir, "incidents.json"), &incidents) || !readGolden(t, filepath.Join(dir,
			"raw.json"), &raw) {
			continue
		}
		have["components"] = have["components"] || len(raw.Components) > 0
		for _, i := range incidents {
			for field, has := range map[string]bool{
				"url": i.URL != "", "state": i.State != "unknown", "severity": i.Severity != "unknown",
				"started_at": i.StartedAt != "", "resolved_at": i.ResolvedAt != "",
				"scheduled_start_at": i.ScheduledStart != "", "scheduled_end_at": i.ScheduledEnd != "",
				"updates": len(i.Updates) > 0, "affected": len(i.Components) > 0,
				"postmortem": slices.ContainsFunc(i.Updates,
					func(u goldenUpdate) bool { return u.State == "postmortem" }),
			} {
				have[field] = have[field] || has
			}
		}
	}
	return have
}

// readGolden reads a golden file; it reports false for a case that has none, being refused.
func readGolden(t *testing.T, path string, into any) bool {
	t.Helper()
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return true
}

// TestPlatformsPage holds that docs/platforms.md is what the platforms say of themselves.
func TestPlatformsPage(t *testing.T) {
	names, list := described(t)
	var page strings.Builder
	page.WriteString(`# Platforms

What vendorwatch reads of each status-page product. In config.toml, ` + "`platform`" + ` names the product behind a
vendor's page. Without it, the platform is the one in the built-in catalogue, or is detected when the
page is first read. The ` + "`import`" + ` command detects it. The last column is the address to configure.

This page is generated: ` + "`go test ./scraper -run TestPlatformsPage -update`" + `.

- **known from**: "bytes" means that the tests read pages which real vendors served. "Documents" means the platform's
  documentation, or other programs that read it; such a page is accepted only in exactly the documented shape.
- A field that a platform does not give stays empty, or is ` + "`unknown`" + `. It is never guessed.

| platform | name in config.toml | documents read | history | known from | address |
|---|---|---|---|---|---|
`)
	for n, d := range list {
		address := "the status page's"
		if d.Address != "" {
			address = d.Address
		}
		documents := cell(strings.Join(d.Documents, ", "))
		fmt.Fprintf(&page, "| %s | `%s` | %s | %s | %s | %s |\n", d.Name, names[n], documents, cell(d.History),
			d.Source, cell(address))
	}
	page.WriteString("\n## Not read\n\n" + notRead)
	page.WriteString(`
## Fields

The columns are named as in [the SQLite file](schema.md). "affected" are the components that an incident names, ` +
		`"components" the
page's own list of them with their statuses.

| platform | ` + strings.Join(scraper.Fields(), " | ") + " |\n|---|" + strings.Repeat(":-:|",
		len(scraper.Fields())) + "\n")
	for n, d := range list {
		fmt.Fprintf(&page, "| `%s` |", names[n])
		for _, field := range scraper.Fields() {
			mark := " "
			if slices.Contains(d.Fields, field) {
				mark = " x "
			}
			page.WriteString(mark + "|")
		}
		page.WriteString("\n")
	}
	goldentest.Held(t, "../docs/platforms.md", []byte(page.String()))
}

// cell keeps a text in one cell of a table: "<id>" is no tag there.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;").Replace(s)
}

// notRead is what docs/platforms.md says of products and vendors' own pages that have no reader.
const notRead = `There is no reader for these, since a wrong one is worse than none: such a page is refused, and never
taken for calm. If it has a feed, configure the feed (see [feeds.md](feeds.md)); otherwise describe the page yourself
(see [custom-pages.md](custom-pages.md)).

- Products: OnlineOrNot, StatusHub, StatusCake, status.online, OneUptime, Freshstatus, Hyperping,
  Oh Dear, HetrixTools, Pulsetic, Datadog status pages.
- Vendors' own pages, where they are not made with a product above: Auth0, Okta, Alibaba Cloud,
  PlayStation Network, Stripe, PostHog, Signal, Sendbird.
`

// A platform that has a reader is not among those that have none.
func TestWhatIsNotReadHasNoReader(t *testing.T) {
	words := strings.FieldsFunc(strings.ToLower(notRead), func(r rune) bool { return strings.ContainsRune(",:.\n", r) })
	for _, word := range words {
		if name := strings.ReplaceAll(word, " ", ""); slices.Contains(platforms.Names(), name) {
			t.Errorf("%q has a reader, and docs/platforms.md says that it has none", name)
		}
	}
}
