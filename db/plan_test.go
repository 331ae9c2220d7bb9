package db_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"vendorwatch/db"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// recorder opens connections that keep every query which they are asked, with its arguments.
type recorder struct {
	dsn   string
	mu    sync.Mutex
	asked map[string][]any
}

func (r *recorder) Driver() driver.Driver { return &sqlite.Driver{} }

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	c, err := r.Driver().Open(r.dsn)
	return recorded{c, r}, err
}

// recorded has of a connection's abilities those that reading needs.
type recorded struct {
	driver.Conn
	r *recorder
}

func (c recorded) Prepare(query string) (driver.Stmt, error) {
	c.r.note(query, make([]any, parametersOf(query)))
	return c.Conn.Prepare(query)
}

func (c recorded) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	values := make([]any, len(args))
	for n, a := range args {
		values[n] = a.Value
	}
	c.r.note(query, values)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (r *recorder) note(query string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[query] = args
}

var numbered = regexp.MustCompile(`\?(\d)`)

// parametersOf counts a query's parameters, which are ? throughout or ?1, ?2 and so on.
func parametersOf(query string) int {
	most := byte(0)
	for _, m := range numbered.FindAllStringSubmatch(query, -1) {
		most = max(most, m[1][0]-'0')
	}
	if most > 0 {
		return int(most)
	}
	return strings.Count(query, "?")
}

// overviews is every way in which the dashboard asks the file about many vendors at once.
func overviews(ctx context.Context, d *board.DB) map[string][]func() error {
	now := t0
	all, chosen := board.Scope{}, board.Scope{Vendors: board.Vendors{1, 2}, Service: "checkout"}
	ways := map[string][]func() error{
		"Choices": {func() error { _, err := d.Choices(ctx); return err }},
		"Named":   {func() error { _, _, err := d.Named(ctx, []string{"acme"}, 10); return err }},
		"Scope": {func() error {
			_, err := d.Scope(ctx, board.Choice{Tag: "a", Owner: "b", Service: "c"})
			return err
		}},
		"ScopeOf": {func() error { _, _, err := d.ScopeOf(ctx, []string{"acme"}); return err }},
		"Told":    {func() error { _, err := d.Told(ctx, []int64{1, 2}); return err }},
		"Like":    {func() error { _, err := d.Like(ctx, 1, 5); return err }},
		"TagsOf":  {func() error { _, err := d.TagsOf(ctx, "acme"); return err }},
		"Slugs":   {func() error { _, err := d.Slugs(ctx); return err }},
		"ComponentSpans": {func() error {
			_, err := d.ComponentSpans(ctx, []int64{1, 2}, now.AddDate(-1, 0, 0))
			return err
		}},
		"Roster":        {func() error { _, err := d.Roster(ctx); return err }},
		"RosterOf":      {func() error { _, err := d.RosterOf(ctx, []string{"acme"}); return err }},
		"Places":        {func() error { _, err := d.Places(ctx); return err }},
		"Titles":        {func() error { _, err := d.Titles(ctx, []int64{1, 2}); return err }},
		"Unseen":        {func() error { _, err := d.Unseen(ctx, []string{"acme"}, now); return err }},
		"Windows":       {func() error { _, err := d.Windows(ctx, []int64{1, 2}); return err }},
		"OpenCounts":    {func() error { _, err := d.OpenCounts(ctx); return err }},
		"FilteredOpen":  {func() error { _, err := d.FilteredOpen(ctx); return err }},
		"OthersByName":  {func() error { _, err := d.OthersByName(ctx, now, nil, 10); return err }},
		"VendorCount":   {func() error { _, err := d.VendorCount(ctx); return err }},
		"NewestReading": {func() error { _, err := d.NewestReading(ctx); return err }},
	}
	ways["Honesty"] = append(ways["Honesty"], func() error {
		_, err := d.Honesty(ctx, 1, []time.Time{now})
		return err
	})
	for _, s := range []board.Scope{all, chosen} {
		for name, ask := range map[string]func() error{
			"Present": func() error { _, err := d.Present(ctx, s, now); return err },
			"Open":    func() error { _, err := d.Open(ctx, s, now, 10); return err },
			"Work":    func() error { _, err := d.Work(ctx, s, now, now.Add(day), 10); return err },
			"Impact":  func() error { _, err := d.Impact(ctx, s, "api", now.Add(-day), now); return err },
			"News":    func() error { _, err := d.News(ctx, s, now.Add(-day), 10); return err },
		} {
			ways[name] = append(ways[name], ask)
		}
	}
	return ways
}

// asking is every way in which the dashboard, its API and its feeds ask the file.
func asking(ctx context.Context, d *query.DB) map[string][]func() error {
	now := t0
	year := now.AddDate(-1, 0, 0)
	var history []func() error
	for _, vendor := range []string{"", "acme"} {
		for _, f := range []query.HistoryFilter{
			{}, {Filter: query.Filter{AllSources: true}}, {Filter: query.Filter{Search: "api down"}},
			{Filter: query.Filter{Search: "api", AllSources: true}}, {Component: "api"},
			{After: normalize.FormatTime(now) + "_7"}, {Filter: query.Filter{Severity: normalize.SeverityMajor}},
			{Component: "api", Status: normalize.StatusPartial}, {Status: normalize.StatusMajor},
			{Filter: query.Filter{Kind: normalize.KindMaintenance}}, {Filter: query.Filter{Service: "checkout"}},
			{Filter: query.Filter{State: normalize.StateResolved}},
			{Filter: query.Filter{State: normalize.StateIdentified}}, {Filter: query.Filter{Open: true}},
			{Filter: query.Filter{Since: year}}, {Filter: query.Filter{Until: year}},
			{Filter: query.Filter{Changed: now}}, {Filter: query.Filter{Changed: now, AllSources: true}},
			{Component: "api", After: normalize.FormatTime(now) + "_7",
				Filter: query.Filter{Search: "api", Severity: normalize.SeverityMajor, Kind: normalize.KindIncident,
					Since: year, Until: now}},
		} {
			f.Vendor = vendor
			history = append(history, func() error { _, err := d.History(ctx, f); return err })
		}
	}
	var openByKind, updates, changed, whole []func() error
	for _, vendor := range []string{"", "acme"} {
		openByKind = append(openByKind, func() error {
			_, _,
				err := d.OpenByKind(ctx, normalize.KindIncident, vendor, 10)
			return err
		})
		updates = append(updates, func() error { _, err := d.UpdatesAfter(ctx, vendor, 0, 5, 10); return err })
		for _, f := range []query.Filter{{}, {Severity: normalize.SeverityMajor}, {Kind: normalize.KindIncident},
			{Open: true}} {
			f.Vendor = vendor
			changed = append(changed, func() error { _, err := d.LastChanged(ctx, f, 50); return err })
		}
	}
	updates = append(updates, func() error { _, err := d.UpdatesAfter(ctx, "", 1, 5, 10); return err })
	for _, w := range []query.TimelineFilter{{Limit: 10}, {Open: true}, {Maintenances: true, Limit: 10},
		{Maintenances: true, Open: true}} {
		whole = append(whole, func() error { _, err := d.Timelines(ctx, w); return err })
		w.Vendor = "acme"
		whole = append(whole, func() error { _, err := d.Timelines(ctx, w); return err })
	}
	one := func(ask func() error) []func() error { return []func() error{ask} }
	return map[string][]func() error{
		"LastChanged":   changed,
		"ChannelHealth": one(func() error { _, err := d.ChannelHealth(ctx); return err }),
		"Stories":       one(func() error { _, err := d.Stories(ctx, year, now); return err }),
		"Story":         one(func() error { _, err := d.Story(ctx, 1); return okIfNone(err) }),
		"StoryMembers":  one(func() error { _, err := d.StoryMembers(ctx, 1); return err }),
		"OwnChecks":     one(func() error { _, _, err := d.OwnChecks(ctx, year); return err }),
		"OwnOutages":    one(func() error { _, err := d.OwnOutages(ctx, year); return err }),
		"ComponentsAfter": one(func() error {
			_, err := d.ComponentsAfter(ctx, now, "acme", "operational", 1,
				10)
			return err
		}),
		"ComponentStatuses": one(func() error { _, err := d.ComponentStatuses(ctx, now, "acme"); return err }),
		"CoverageGaps":      one(func() error { _, err := d.CoverageGaps(ctx, "acme", year, now); return err }),
		"DeliveryCounts":    one(func() error { _, err := d.DeliveryCounts(ctx); return err }),
		"EventsAfter":       one(func() error { _, err := d.EventsAfter(ctx, 5, 100); return err }),
		"FileFacts":         one(func() error { _, err := d.FileFacts(ctx); return err }),
		"IncidentVersions":  one(func() error { _, err := d.IncidentVersions(ctx, []int64{1, 2}); return err }),
		"HasVendor":         one(func() error { _, err := d.HasVendor(ctx, "acme"); return err }),
		"History":           history,
		"IncidentByID":      one(func() error { _, err := d.IncidentByID(ctx, 1, now); return err }),
		"LastEventID":       one(func() error { _, err := d.LastEventID(ctx); return err }),
		"OpenMaintenances":  one(func() error { _, err := d.OpenMaintenances(ctx, 10); return err }),
		"PastMaintenances":  one(func() error { _, err := d.PastMaintenances(ctx, 10, 0); return err }),
		"OpenByKind":        openByKind,
		"PostmortemShare": one(func() error {
			_, _, err := d.PostmortemShare(ctx, 1,
				db.Stamp(year))
			return err
		}),
		"Services":     one(func() error { _, err := d.Services(ctx, now); return err }),
		"Service":      one(func() error { _, err := d.Service(ctx, "acme", now); return okIfNone(err) }),
		"ServiceNeeds": one(func() error { _, err := d.ServiceNeeds(ctx, "acme", now); return err }),
		"HasService":   one(func() error { _, err := d.HasService(ctx, "acme"); return err }),
		"Incidents": one(func() error {
			_, err := d.Incidents(ctx, query.Filter{Service: "acme", Open: true})
			return err
		}),
		"Ok":        one(func() error { _, err := d.Ok(ctx, query.OkFilter{Until: now}, now); return err }),
		"Stretches": one(func() error { _, err := d.Stretches(ctx, 1, now); return err }),
		"Stats":     one(func() error { _, err := d.Stats(ctx, "acme", now); return err }),
		"Honesty":   one(func() error { _, err := d.Honesty(ctx, 1, year, now); return err }),
		"HonestyCases": one(func() error {
			_, err := d.HonestyCases(ctx, 1, "", year, now, 10)
			return err
		}),
		"ScrapeHealth":         one(func() error { _, err := d.ScrapeHealth(ctx, now); return err }),
		"RecentDeliveries":     one(func() error { _, _, err := d.RecentDeliveries(ctx, 10); return err }),
		"RecentEvents":         one(func() error { _, _, err := d.RecentEvents(ctx, now, 10); return err }),
		"RecentFindings":       one(func() error { _, err := d.RecentFindings(ctx, 10); return err }),
		"RecentScrapes":        one(func() error { _, err := d.RecentScrapes(ctx, 10); return err }),
		"SourcesAfter":         one(func() error { _, err := d.SourcesAfter(ctx, now, "acme", 0, 10); return err }),
		"SourcesByHealth":      one(func() error { _, _, err := d.SourcesByHealth(ctx, now, 10, 0); return err }),
		"UnreadSources":        one(func() error { _, err := d.UnreadSources(ctx, now, []int64{1, 2}); return err }),
		"FailingSources":       one(func() error { _, _, err := d.FailingSources(ctx, now, 10); return err }),
		"UpcomingMaintenances": one(func() error { _, err := d.UpcomingMaintenances(ctx, now, day); return err }),
		"UpdatesAfter":         updates,
		"ActionsAfter": {
			func() error { _, err := d.ActionsAfter(ctx, "acme", 0, 5, 10); return err },
			func() error { _, err := d.ActionsAfter(ctx, "", 1, 5, 10); return err },
		},
		"Vendor":           one(func() error { _, err := d.Vendor(ctx, "acme"); return err }),
		"VendorBySlug":     one(func() error { _, err := d.VendorBySlug(ctx, "acme", now); return err }),
		"VendorComponents": one(func() error { _, _, err := d.VendorComponents(ctx, now, 1, 10, 0); return err }),
		"VendorImpact":     one(func() error { _, err := d.VendorImpact(ctx, 1, year); return err }),
		"Statuses":         one(func() error { _, err := d.Statuses(ctx, now); return err }),
		"StatusesOf":       one(func() error { _, err := d.StatusesOf(ctx, now, []int64{1, 2}); return err }),
		"Status":           one(func() error { _, err := d.Status(ctx, "acme", now); return err }),
		"Present":          one(func() error { _, err := d.Present(ctx, now); return err }),
		"StatusesAfter":    one(func() error { _, err := d.StatusesAfter(ctx, now, 3, 10); return err }),
		"StatusesByName":   one(func() error { _, _, err := d.StatusesByName(ctx, now, 10, 10); return err }),
		"SourceCount":      one(func() error { _, err := d.SourceCount(ctx, now); return err }),
		"FailingScrapes":   one(func() error { _, err := d.FailingScrapes(ctx, now); return err }),
		"HistoryIDs":       one(func() error { _, err := d.HistoryIDs(ctx, query.HistoryFilter{}); return err }),
		"Timelines":        whole,
	}
}

const day = 24 * hour

// okIfNone leaves out that there is none of that name: it was looked for.
func okIfNone(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	return err
}

// in which order large tables may be walked along an index, since a page reads its first so many rows only, or
// since the index holds only what is open, or not over.
var walks = regexp.MustCompile(`USING (COVERING )?INDEX incidents_(by_began|by_window|by_state|open\w*)\b`)

// What is open is little, wherever in the history it began: it is read from an index that holds nothing else.
var openWalks = regexp.MustCompile(`USING (COVERING )?INDEX incidents_open\w*\b`)

// No answer of the dashboard reads all incidents, updates or events, however many there are.
func TestNoPageReadsAWholeTable(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.save(record.Scrape{At: t0, AllOpen: true, Incidents: read(outage("x", t0, "investigating", "resolved"),
		outage("y", t0, "investigating"))})
	r := &recorder{dsn: "file:" + filepath.ToSlash(f.file.Path()) + "?mode=rw&_pragma=query_only(1)",
		asked: map[string][]any{}}
	plain := f.file.Reader()
	pool := sql.OpenDB(r)
	t.Cleanup(func() { pool.Close() })
	ways := asking(t.Context(), query.In(pool))
	for name, more := range overviews(t.Context(), board.In(pool)) {
		ways[name] = append(ways[name], more...)
	}
	for name, all := range ways {
		for n, ask := range all {
			if err := ask(); err != nil {
				t.Errorf("%s, way %d: %v", name, n, err)
			}
		}
	}
	for _, name := range calledBy(t, "../cmd/internal/web") {
		if ways[name] == nil {
			t.Errorf("the dashboard calls %s, of which this test does not know whether it reads a whole table: "+
				"add it to asking", name)
		}
	}
	large := aliasesIn(strings.Join(f.rows(`SELECT sql FROM sqlite_master WHERE type = 'view'`), "\n"))
	if len(r.asked) < 60 || len(large) < 4 {
		t.Fatalf("%d queries and %d names of large tables in views, there must be more", len(r.asked), len(large))
	}
	for query, args := range r.asked {
		names, walks := append(aliasesIn(query), large...), walks
		if strings.Contains(query, "open = 1") {
			walks = openWalks
		}
		for _, step := range planOf(t, plain, query, args) {
			words := strings.Fields(step)
			if words[0] == "SCAN" && slices.Contains(names, words[1]) && !walks.MatchString(step) {
				t.Errorf("a whole table is read (%s) by:\n%s\nof whose plan it is a step:\n%s", step, query,
					strings.Join(planOf(t, plain, query, args), "\n"))
			}
		}
	}
}

var tableOf = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+(incidents|incident_updates|events)\b(?:\s+(?:AS\s+)?(\w+))?`)

// aliasesIn lists the names that a query gives to large tables, the tables' own included.
func aliasesIn(query string) []string {
	names := []string{"incidents", "incident_updates", "events"}
	for _, m := range tableOf.FindAllStringSubmatch(query, -1) {
		if m[2] != "" {
			names = append(names, m[2])
		}
	}
	return names
}

// planOf returns the steps in which SQLite answers a query.
func planOf(t *testing.T, read *sql.DB, query string, args []any) (steps []string) {
	t.Helper()
	rows, err := read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// calledBy lists the methods of a field DB or Board that the program files of a folder, and of those below it, call.
func calledBy(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && e.Name() == "webtest" {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if method, ok := call.Fun.(*ast.SelectorExpr); ok {
					if on, ok := method.X.(*ast.SelectorExpr); ok && (on.Sel.Name == "DB" || on.Sel.Name == "Board") &&
						!slices.Contains(names, method.Sel.Name) {
						names = append(names, method.Sel.Name)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 20 {
		t.Fatalf("found %v only", names)
	}
	return names
}
