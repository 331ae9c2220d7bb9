package cli_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "vendorwatch"

// layers is the order of imports, one way only: a package may import the packages of this module
// that stand behind it, and no others. The siblings under cmd/internal do not know each other; cli
// brings them together.
var layers = map[string][]string{
	"normalize":                     nil,
	"scraper/page":                  {"normalize"},
	"scraper":                       {"normalize", "scraper/page"},
	"scraper/platforms":             {"scraper", "scraper/platforms/*"},
	"db":                            {"normalize"},
	"db/dbtest":                     nil, // for tests: no package may import it
	"normalize/racetest":            nil, // for tests: no package may import it
	"cmd/internal/words":            {"normalize", "db/query"},
	"cmd/internal/secret":           nil,
	"cmd/internal/config":           append([]string{"cmd/internal/words", "cmd/internal/secret", "cmd/internal/config/tomlcheck"}, reading...),
	"cmd/internal/config/tomlcheck": {"cmd/internal/words", "cmd/internal/secret"},
	"cmd/internal/watch":            append([]string{"db/query", "db/record", "cmd/internal/words", "cmd/internal/secret"}, reading...),
	"cmd/internal/web/openapi":      nil,
	"cmd/internal/web/prose":        {"normalize", "db", "db/query", "cmd/internal/words"},
	"cmd/internal/web/site":         {"normalize", "db", "db/query", "cmd/internal/words"},
	"cmd/internal/web/pages":        roomOfWeb, "cmd/internal/web/api": roomOfWeb, "cmd/internal/web/statuspage": roomOfWeb,
	"cmd/internal/web/feeds": roomOfWeb, "cmd/internal/web/mcp": roomOfWeb, "cmd/internal/web/metrics": roomOfWeb,
	"cmd/internal/web": append([]string{"cmd/internal/web/pages", "cmd/internal/web/api", "cmd/internal/web/statuspage",
		"cmd/internal/web/feeds", "cmd/internal/web/mcp", "cmd/internal/web/metrics"}, roomOfWeb...),
	"cmd/internal/web/webtest":      {"normalize", "db", "db/query", "db/dbtest", "cmd/internal/web"}, // for tests: no program may import it
	"cmd/internal/simulate":         nil,
	"cmd/internal/simulate/simtest": {"cmd/internal/simulate"}, // for tests: no program may import it
	"cmd/internal/cli": {"normalize", "scraper", "scraper/platforms", "scraper/platforms/custom", "db", "db/query", "db/ledger", "db/record",
		"cmd/internal/words", "cmd/internal/secret", "cmd/internal/config",
		"cmd/internal/watch", "cmd/internal/report/*", "cmd/internal/web", "cmd/internal/simulate"},
	"cmd/vendorwatch": {"cmd/internal/cli"},
}

// roomOfWeb is what a folder of web may import: no other folder, only what all of them share.
var roomOfWeb = []string{"normalize", "db", "db/query", "cmd/internal/words", "cmd/internal/web/site",
	"cmd/internal/web/prose", "cmd/internal/web/openapi"}

// reporting is the order of the packages below cmd/internal/report. A name without db/ is one of them. All may import
// wording too. A kind of channel that is not named here may import "message" and "channel".
var reporting = map[string][]string{
	"message":             nil,
	"route":               nil,
	"alert":               {"message", "route", "db", "db/ledger"},
	"digest":              {"message", "route", "db", "db/ledger"},
	"channel":             {"message"},
	"channel/blockkit":    {"message", "channel"}, // how messages look in Slack, for the two channels that lead there
	"channel/oncall":      {"message", "channel"}, // what a message does to an alert, for the two services that page people
	"channel/slack":       {"message", "channel", "channel/blockkit"},
	"channel/slackbot":    {"message", "channel", "channel/blockkit"},
	"channel/pagerduty":   {"message", "channel", "channel/oncall"},
	"channel/opsgenie":    {"message", "channel", "channel/oncall"},
	"channel/kinds":       {"channel", "channel/*"},
	"deliver":             {"message", "digest", "channel", "db", "db/ledger"},
	"reporttest":          {"message", "digest", "db", "db/ledger", "db/record", "db/dbtest"}, // for tests: no package of the program may import it
	"channel/channeltest": {"message", "channel", "reporttest"},
}

// reading is what the program reads pages with. Of the platforms only the one that the config describes is known by name.
var reading = []string{"normalize", "scraper", "scraper/platforms", "scraper/platforms/custom"}

// platform returns what a platform may import: no other platform, but that incident.io serves Statuspage's JSON too.
func platform(name string) []string {
	allowed := []string{"normalize", "scraper/page", "scraper"}
	if name == "incidentio" {
		allowed = append(allowed, "scraper/platforms/statuspage")
	}
	return allowed
}

// wording is what every message is made with.
var wording = []string{"normalize", "db/query", "cmd/internal/words", "cmd/internal/secret"}

// mayImport returns what a package may import, as layers and reporting say it; false where they say nothing of it.
func mayImport(name string) (allowed []string, known bool) {
	const report = "cmd/internal/report/"
	if name, ok := strings.CutPrefix(name, "scraper/platforms/"); ok {
		return platform(name), true
	}
	below, ok := strings.CutPrefix(name, report)
	if !ok {
		allowed, known = layers[name]
		return allowed, known
	}
	within, known := reporting[below]
	if !known && path.Dir(below) == "channel" {
		within, known = []string{"message", "channel"}, true
	}
	allowed = slices.Clone(wording)
	for _, other := range within {
		if other != "db" && !strings.HasPrefix(other, "db/") {
			other = report + other
		}
		allowed = append(allowed, other)
	}
	return allowed, known
}

// covers reports whether a package is one of those allowed. "dir/*" allows all that stand below dir but for those
// that only tests import.
func covers(allowed []string, imported string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		dir, all := strings.CutSuffix(a, "*")
		return a == imported || all && strings.HasPrefix(imported, dir) && !strings.HasSuffix(imported, "test")
	})
}

// pure lists what normalize must not reach, even indirectly: it does no I/O, and knows no page.
var pure = []string{"net/http", "database/sql", "github.com/gocolly/colly", "github.com/PuerkitoBio/goquery"}

type listed struct {
	ImportPath string
	Imports    []string // without those of tests
	Deps       []string // all that it reaches
}

func TestOrderOfImports(t *testing.T) {
	packages := list(t)
	for _, name := range []string{"normalize", "scraper/page", "scraper", "scraper/platforms", "scraper/platforms/statuspage", "db"} {
		if !slices.ContainsFunc(packages, func(p listed) bool { return p.ImportPath == module+"/"+name }) {
			t.Errorf("go list does not know package %s", name)
		}
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		allowed, known := mayImport(name)
		if !known {
			t.Errorf("package %s has no place in the order of imports", name)
			continue
		}
		for _, one := range p.Imports {
			imported, ours := strings.CutPrefix(one, module+"/")
			if ours && !covers(allowed, imported) {
				t.Errorf("%s imports %s; it may import %q only", name, imported, allowed)
			}
		}
	}
}

// mostLines is how many lines a package may have without its tests: more than that nobody holds in mind.
const mostLines = 3500

// small are the folders in which, and below which, every package keeps to mostLines.
var small = []string{"scraper"}

func TestPackagesStaySmall(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	for _, dir := range small {
		lines := map[string]int{}
		err := filepath.WalkDir(filepath.Join(root, dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			lines[filepath.Dir(name)] += strings.Count(string(text), "\n")
			return err
		})
		if err != nil || len(lines) == 0 {
			t.Errorf("%s: %d packages, %v", dir, len(lines), err)
		}
		for name, n := range lines {
			if n >= mostLines {
				t.Errorf("package %s has %d lines; split it below %d", name, n, mostLines)
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
