package metrics_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
)

// unlessUnknown is what takes a zero back where a vendor's state is not known: such a vendor has no zeros of its own,
// and the sum of the others says nothing of it.
const unlessUnknown = `unless on () (max(vendorwatch_vendor_status{vendor=~"$vendor", status="unknown"}) == 1)`

// unlessOneUnknown does so where vendors are counted.
const unlessOneUnknown = `unless on () (sum(vendorwatch_vendors{status="unknown"}) > 0)`

// dataSource says where the data of a panel come from.
type dataSource struct{ Type, UID string }

type panel struct {
	ID          int
	Type, Title string
	Description string
	Datasource  dataSource
	GridPos     struct{ X, Y, W, H int }
	FieldConfig struct {
		Defaults struct {
			NoValue    string
			Thresholds struct{ Steps []struct{ Color string } }
			Custom     struct{ SpanNulls any }
			Mappings   []struct {
				Options map[string]struct{ Text string }
			}
		}
	}
	Targets []struct {
		RefID, Expr string
		Datasource  dataSource
	}
}

type dashboard struct {
	ID            any
	UID, Title    string
	SchemaVersion int
	Templating    struct {
		List []struct {
			Name, Type string
			Query      any
		}
	}
	Panels []panel
}

// dashboards are those of the documentation, by the names of their files.
func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	paths, err := filepath.Glob("../../../../docs/grafana/*.json")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%q, %v", paths, err)
	}
	all := map[string]dashboard{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[filepath.Base(path)] = d
	}
	return all
}

// served are the metrics of a file with everything that there is a metric of, each with its lines.
func served(t *testing.T) map[string]string {
	all := givenOut(t)
	for line := range strings.Lines(Rich(t, web.Options{}).Page("/metrics").Text) {
		if name := metricName.FindString(line); name != "" && !strings.HasPrefix(line, "#") {
			all[name] += line
		}
	}
	return all
}

// Each query of each dashboard names metrics and labels that there are.
func TestGrafanaDashboards(t *testing.T) {
	given, uids := served(t), map[string]string{}
	chosen := dataSource{"prometheus", "${datasource}"}
	for name, board := range dashboards(t) {
		if board.ID != nil || board.UID == "" || board.Title == "" || board.SchemaVersion < 36 ||
			uids[board.UID] != "" {
			t.Errorf("%s: id %v, uid %q, title %q, schemaVersion %d", name, board.ID, board.UID, board.Title,
				board.SchemaVersion)
		}
		uids[board.UID] = name
		variables := map[string]bool{}
		for _, v := range board.Templating.List {
			variables[v.Name] = true
			if v.Type == "query" {
				known(t, name+": variable "+v.Name, fmt.Sprint(v.Query), given)
			}
		}
		if !variables["datasource"] {
			t.Errorf("%s: no variable chooses the data source", name)
		}
		ids, taken := map[int]bool{}, map[[2]int]string{}
		for _, p := range board.Panels {
			where := name + ": " + p.Title
			if p.ID == 0 || ids[p.ID] {
				t.Errorf("%s: id %d", where, p.ID)
			}
			ids[p.ID] = true
			for x := range p.GridPos.W {
				for y := range p.GridPos.H {
					at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
					if taken[at] != "" || at[0] > 23 {
						t.Errorf("%s and %s share a place, or it is outside", where, taken[at])
					}
					taken[at] = p.Title
				}
			}
			if p.Type == "row" {
				continue
			}
			if len(p.Targets) == 0 || p.Datasource != chosen || p.Title == "" || p.Description == "" {
				t.Errorf("%s: panel %d lacks something", where, p.ID)
			}
			for _, target := range p.Targets {
				known(t, where, target.Expr, given)
				for _, v := range regexp.MustCompile(`\$([a-z]+)`).FindAllStringSubmatch(target.Expr, -1) {
					if !variables[v[1]] {
						t.Errorf("%s: there is no variable %s", where, v[1])
					}
				}
				if target.Datasource != chosen || target.RefID == "" {
					t.Errorf("%s: target %+v", where, target)
				}
			}
		}
	}
}

// What is not known is not drawn as well.
func TestGrafanaShowsUnknown(t *testing.T) {
	boards := dashboards(t)
	for name, board := range boards {
		for _, p := range board.Panels {
			d := p.FieldConfig.Defaults
			for _, target := range p.Targets {
				green := len(d.Thresholds.Steps) > 0 && d.Thresholds.Steps[0].Color == "green"
				for metric, unless := range map[string]string{"vendorwatch_open_incidents": unlessUnknown,
					"vendorwatch_vendors": unlessOneUnknown} {
					if green && strings.Contains(target.Expr, metric) &&
						(!strings.Contains(target.Expr, unless) || d.NoValue != "not known") {
						t.Errorf("%s: %s is green although the state of a vendor may not be known", name, p.Title)
					}
				}
			}
		}
	}
	for _, p := range boards["vendors.json"].Panels {
		if p.Type == "row" {
			continue
		}
		d := p.FieldConfig.Defaults
		if d.NoValue == "" {
			t.Errorf("%s does not say that there is no data", p.Title)
		}
		if lines := p.Type == "timeseries" || p.Type == "state-timeline"; lines && d.Custom.SpanNulls != false {
			t.Errorf("%s draws over times without data", p.Title)
		}
		for _, target := range p.Targets {
			if strings.Contains(target.Expr, "vector(") || strings.Contains(target.Expr, "0 * ") {
				t.Errorf("%s makes a zero of no data: %s", p.Title, target.Expr)
			}
		}
	}
}

// The numbers by which the vendors' dashboard draws states are those that its queries give.
func TestGrafanaNamesStates(t *testing.T) {
	number := regexp.MustCompile(`status="([a-z_]+)"} == 1\) \* ([0-9])`)
	drawn := 0
	for _, p := range dashboards(t)["vendors.json"].Panels {
		want := map[string]string{}
		for _, target := range p.Targets {
			for _, found := range number.FindAllStringSubmatch(target.Expr, -1) {
				want[found[2]] = strings.ReplaceAll(found[1], "_", " ")
			}
		}
		if p.Type != "state-timeline" || len(want) == 0 {
			continue
		}
		got := map[string]string{}
		for _, m := range p.FieldConfig.Defaults.Mappings {
			for value, o := range m.Options {
				got[value] = o.Text
			}
		}
		if len(want) != 6 || !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", p.Title, got, want)
		}
		drawn++
	}
	if drawn != 2 {
		t.Errorf("%d panels of states, want 2", drawn)
	}
}
