package cli_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "vendorwatch"

// layer is a folder and what its packages may import of this module.
type layer struct {
	of  string // a package; with "/..." behind it, that package and all below it
	may []string
}

// Sets of packages that several layers may import.
var (
	// What reads pages. Of the platforms only the one that the config describes is known by name.
	reading = []string{"normalize/...", "scraper", "scraper/platforms", "scraper/platforms/custom",
		"scraper/platforms/feed"}
	file = []string{"normalize/...", "db", "db/query"}
	// What a room of package record needs to keep its rows.
	rows = []string{"normalize/...", "db", "db/internal/..."}
	base = []string{"normalize/...", "db/query", "db/servicetime", "cmd/internal/words", "cmd/internal/secret"}
	// What the command line brings together.
	siblings = []string{"db/...", "cmd/internal/config", "cmd/internal/watch/...", "cmd/internal/report/...",
		"cmd/internal/web"}
)

// layers is the order of imports, one way only. The first layer that has a package counts. The siblings under
// cmd/internal do not import each other, nor do the platforms, the kinds of channel and the parts of the dashboard;
// what brings them together stands above them. A package whose name ends in "test" is for tests: it may import
// anything, and no other package may import it.
var layers = []layer{
	{"normalize/lazyregexp", nil},
	{"normalize/times", []string{"normalize/lazyregexp"}},
	{"normalize/markdown", []string{"normalize/lazyregexp"}},
	{"normalize/pagestate", []string{"normalize"}},
	{"normalize/event", []string{"normalize", "normalize/lazyregexp", "normalize/markdown"}},
	{"normalize/impact", nil},
	{"normalize/needed", []string{"normalize"}},
	{"normalize/upstream", []string{"normalize", "normalize/lazyregexp"}},
	{"normalize/reach", nil},
	{"normalize/signal", []string{"normalize"}},
	{"normalize/stated", []string{"normalize/lazyregexp", "normalize/markdown", "normalize/times"}},
	{"normalize/...", []string{"normalize/lazyregexp", "normalize/times", "normalize/markdown",
		"normalize/stated"}},
	{"scraper/page", []string{"normalize/..."}},
	{"scraper", []string{"normalize/...", "scraper/page"}},
	{"scraper/platforms", []string{"scraper", "scraper/platforms/..."}},
	{"scraper/platforms/incidentio", []string{ // it serves Statuspage's JSON too
		"normalize/...", "scraper/page", "scraper", "scraper/platforms/statuspage"}},
	{"scraper/platforms/described", []string{ // by the selectors of any page
		"scraper", "scraper/platforms/custom"}},
	{"scraper/platforms/...", []string{"normalize/...", "scraper/page", "scraper"}},

	{"db/internal/wording", []string{"normalize/...", "db/internal/packed"}},
	{"db/internal/...", []string{"normalize/..."}},
	{"db", []string{"normalize/...", "db/internal/..."}},
	{"db/query", []string{"normalize/...", "db", "db/internal/...", "db/query/ours", "db/query/view"}},
	{"db/query/ours", rows},
	{"db/query/view", []string{"normalize/...", "db", "db/internal/..."}},
	{"db/board", slices.Concat(file, []string{"db/internal/..."})},
	{"db/servicetime", slices.Concat(file, []string{"db/internal/..."})},
	{"db/stories", []string{"normalize/...", "db", "db/internal/..."}},
	{"db/ledger", slices.Concat(file, []string{"db/internal/..."})},
	{"db/record", slices.Concat(file, []string{"db/internal/...", "db/record/internal/...", "db/record/signals"})},
	{"db/record/signals", slices.Concat(file, []string{"db/internal/...", "db/record/internal/..."})},
	{"db/record/internal/gather", nil},
	{"db/record/internal/readings", rows},
	{"db/record/internal/components", rows},
	{"db/record/internal/services", rows},
	{"db/record/internal/scrapes", slices.Concat(file, []string{"db/internal/..."})},
	{"db/record/internal/incidents", slices.Concat(rows, []string{"db/record/internal/readings"})},
	{"db/record/internal/sameevent", slices.Concat(rows, []string{"db/record/internal/incidents"})},
	{"db/record/internal/identity", slices.Concat(rows, []string{"db/record/internal/incidents"})},
	{"db/record/internal/pages", slices.Concat(rows, []string{"db/record/internal/components",
		"db/record/internal/incidents"})},
	{"db/record/internal/moved", slices.Concat(rows, []string{"db/record/internal/readings",
		"db/record/internal/incidents", "db/record/internal/sameevent"})},
	{"db/record/targets", []string{"normalize/...", "db"}},
	{"db/dbtest", []string{"db/internal/packed"}},

	{"cmd/internal/words", []string{"normalize/...", "db/query"}},
	{"cmd/internal/terminal", []string{"cmd/internal/words"}},
	{"cmd/internal/secret", []string{"normalize/lazyregexp"}},
	{"cmd/internal/config/...", slices.Concat(base, reading, []string{"cmd/internal/config/..."})},
	{"cmd/internal/watch", slices.Concat(base, reading, []string{"db/record"})},
	{"cmd/internal/watch/probe", []string{"normalize/...", "db/query", "db/record/signals", "cmd/internal/words"}},
	{"cmd/internal/simulate", []string{"normalize/lazyregexp"}},

	{"cmd/internal/report/message", base},
	{"cmd/internal/report/trial", slices.Concat(base, []string{"cmd/internal/report/message",
		"cmd/internal/report/message/examples", "cmd/internal/report/channel"})},
	{"cmd/internal/report/message/examples", slices.Concat(base, []string{"cmd/internal/report/message"})},
	{"cmd/internal/report/route", base},
	{"cmd/internal/report/alert", slices.Concat(base, []string{"db", "db/ledger",
		"cmd/internal/report/message", "cmd/internal/report/route"})},
	{"cmd/internal/report/digest", slices.Concat(base, []string{"db", "db/ledger",
		"cmd/internal/report/message", "cmd/internal/report/route"})},
	{"cmd/internal/report/channel", slices.Concat(base, []string{"cmd/internal/report/message"})},
	{"cmd/internal/report/channel/kinds", slices.Concat(base, []string{"cmd/internal/report/channel/..."})},
	// blockkit is what the kinds that lead to Slack share, oncall what those that page people do.
	{"cmd/internal/report/channel/...", slices.Concat(base, []string{"cmd/internal/report/message",
		"cmd/internal/report/message/examples",
		"cmd/internal/report/channel", "cmd/internal/report/channel/blockkit", "cmd/internal/report/channel/oncall"})},
	{"cmd/internal/report/slackapp", slices.Concat(base, []string{"db", "db/ledger", "cmd/internal/report/message",
		"cmd/internal/report/channel/blockkit"})},
	{"cmd/internal/report/deliver", slices.Concat(base, []string{"db", "db/ledger", "cmd/internal/report/message",
		"cmd/internal/report/digest", "cmd/internal/report/channel"})},

	{"cmd/internal/web/openapi", nil},
	{"cmd/internal/web/site", slices.Concat(base, file, []string{"db/board"})},
	{"cmd/internal/web/prose", slices.Concat(base, file)},
	{"cmd/internal/web", slices.Concat(base, file, []string{"db/board", "db/ledger", "db/record/signals",
		"cmd/internal/web/..."})},
	{"cmd/internal/web/pages", slices.Concat(base, file, []string{"db/board", "cmd/internal/web/site",
		"cmd/internal/web/prose", "cmd/internal/web/trends"})},
	{"cmd/internal/web/trends", []string{"normalize/...", "db/query"}},
	{"cmd/internal/web/api", slices.Concat(base, file, []string{"db/ledger", "db/record/signals",
		"cmd/internal/web/site", "cmd/internal/web/openapi",
		"cmd/internal/web/incoming"})}, // the one part that writes: actions of people, and signals
	{"cmd/internal/web/incoming", base},
	{"cmd/internal/web/statuspage", slices.Concat(base, file, []string{"db/board", "cmd/internal/web/site",
		"cmd/internal/web/prose", "cmd/internal/web/openapi"})}, // it has a page of all vendors
	{"cmd/internal/web/...", slices.Concat(base, file, []string{"cmd/internal/web/site", "cmd/internal/web/prose",
		"cmd/internal/web/openapi"})},

	{"cmd/internal/cli/flags", base},
	{"cmd/internal/cli/shell", []string{"db", "cmd/internal/terminal"}},
	{"cmd/internal/discover", []string{"normalize/lazyregexp", "scraper"}},
	{"cmd/internal/cli/catalogued", []string{"cmd/internal/discover", "cmd/internal/words", "cmd/internal/terminal",
		"cmd/internal/cli/flags", "cmd/internal/cli/shell", "cmd/internal/cli/stopping", "scraper",
		"scraper/platforms"}},
	{"cmd/internal/vendorlist", []string{"normalize/lazyregexp", "scraper", "scraper/platforms"}},
	{"cmd/internal/cli/setup", slices.Concat(base, []string{"scraper", "cmd/internal/config", "cmd/internal/vendorlist",
		"cmd/internal/config/tomlcheck", "cmd/internal/terminal", "cmd/internal/cli/flags",
		"cmd/internal/cli/shell"})},
	{"cmd/internal/cli/stopping", nil},
	{"cmd/internal/cli/running", []string{"db", "db/ledger", "cmd/internal/config", "cmd/internal/cli/shell"}},
	{"cmd/internal/cli/coverage", slices.Concat(base, []string{"db", "cmd/internal/terminal"})},
	{"cmd/internal/cli/inspection", slices.Concat(base, reading, []string{"cmd/internal/watch"})},
	{"cmd/internal/cli/service", slices.Concat(base, reading, siblings)},
	{"cmd/internal/cli/stories", slices.Concat(base, []string{"db", "db/stories", "cmd/internal/terminal",
		"cmd/internal/cli/flags", "cmd/internal/cli/shell"})},
	{"cmd/internal/cli/services", slices.Concat(base, []string{"db", "cmd/internal/config", "cmd/internal/terminal",
		"cmd/internal/cli/flags", "cmd/internal/cli/shell"})},
	{"cmd/internal/cli/figures", slices.Concat(base, []string{"db", "cmd/internal/cli/services",
		"cmd/internal/terminal", "cmd/internal/web/prose", "cmd/internal/cli/flags", "cmd/internal/cli/shell"})},
	{"cmd/internal/cli/actions", slices.Concat(base, []string{"db", "db/ledger", "cmd/internal/terminal",
		"cmd/internal/cli/flags", "cmd/internal/cli/shell"})},
	{"cmd/internal/cli", slices.Concat(base, reading, siblings, []string{"cmd/internal/terminal",
		"cmd/internal/cli/...", "cmd/internal/config/...", "cmd/internal/simulate"})},
	{"cmd/vendorwatch", []string{"cmd/internal/cli"}},
}

// covers reports whether a package is the one that a pattern of layers names, or one of those.
func covers(pattern, name string) bool {
	dir, all := strings.CutSuffix(pattern, "/...")
	return name == dir || all && strings.HasPrefix(name, dir+"/")
}

func forTests(name string) bool { return strings.HasSuffix(name, "test") }

// pure lists what normalize must not reach, even indirectly: it does no I/O, and knows no page.
var pure = []string{"net/http", "database/sql", "github.com/gocolly/colly", "github.com/PuerkitoBio/goquery"}

type listed struct {
	ImportPath string
	Imports    []string // without those of tests
	Deps       []string // all that it reaches
}

func TestOrderOfImports(t *testing.T) {
	packages := list(t)
	for _, name := range []string{"normalize", "scraper/page", "scraper", "scraper/platforms",
		"scraper/platforms/statuspage", "db"} {
		if !slices.ContainsFunc(packages, func(p listed) bool { return p.ImportPath == module+"/"+name }) {
			t.Errorf("go list does not know package %s", name)
		}
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		if forTests(name) {
			continue
		}
		at := slices.IndexFunc(layers, func(l layer) bool { return covers(l.of, name) })
		if at < 0 {
			t.Errorf("package %s has no place in the order of imports", name)
			continue
		}
		allowed := func(imported string) bool {
			return !forTests(imported) && slices.ContainsFunc(layers[at].may,
				func(may string) bool { return covers(may, imported) })
		}
		for _, one := range p.Imports {
			if imported, ours := strings.CutPrefix(one, module+"/"); ours && !allowed(imported) {
				t.Errorf("%s imports %s; it may import %q only", name, imported, layers[at].may)
			}
		}
	}
}

func TestNormalizeIsPure(t *testing.T) {
	for _, p := range list(t) {
		if p.ImportPath != module+"/normalize" {
			continue
		}
		for _, dep := range p.Deps {
			for _, forbidden := range pure {
				if dep == forbidden || strings.HasPrefix(dep, forbidden+"/") {
					t.Errorf("normalize reaches %s", dep)
				}
			}
		}
		return
	}
	t.Error("go list does not know package normalize")
}

// list returns the packages of this module.
func list(t *testing.T) []listed {
	t.Helper()
	// go test repeats a result from its cache unless a file has changed that the test itself has
	// looked at; what go list reads does not count.
	err := filepath.WalkDir("../../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"/...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v: %s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}
