package cli_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// TestScripts runs the scripts of testdata/script: whole runs of the program, written as a user would type
// them, in the language of github.com/rogpeppe/go-internal/testscript. Beside its own commands they have
//
//	vendorwatch ARGS...        the program, which must succeed (! vendorwatch: must fail)
//	exits CODE vendorwatch …   the program, which must end with this exit code
//	let NAME                   what was printed becomes a variable
//	world start [VENDOR...]    vendors to watch; sets KUSTOMER_URL and so on
//	world step 20m             some time passes for the vendors
//	world break VENDOR FAULT [ADDRESS]   the vendor misbehaves, at addresses that match
//	world mend VENDOR
//	world move VENDOR PLATFORM  its page is served elsewhere, by this platform; sets KUSTOMER_MOVED_URL
//	pages start DIR            serves the files of a folder, each at /NAME, as many hosts do: with a 200; sets
//
// PAGES_URL
//
//	slack start                an incoming webhook; sets VENDORWATCH_SLACK_URL
//	slack answers 500 TEXT     what it answers from now on
//	slack count N              so many messages were taken
//	slack save FILE            the message taken last
//	slack check FILE           the file is a message that Slack takes
//	expand FILE...             puts environment variables into a file
//	sql FILE QUERY             prints the rows of a query
//	names FILE VIEW [KEY]      what was printed is JSON, and its objects have names of the view's columns only
//	queries N                  runs the sqlite3 commands that were printed, N of them, each with rows
//	answers FILE               asks the file every question of docs/analysis.md, and compares the columns
//
// $SECRET is the part of the webhook's address that nobody may see. The condition [race] holds under the race
// detector.
func TestScripts(t *testing.T) {
	t.Parallel()
	dir, files := "testdata/script", []string(nil)
	if racetest.On {
		// The demo has everything at once: pages, a service, alerts, a dashboard. The others run the same code for
		// long.
		dir, files = "", []string{"testdata/script/demo.txtar", "testdata/script/demo-live.txtar"}
	}
	testscript.Run(t, testscript.Params{
		Dir:                dir,
		Files:              files,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SECRET", slackSecret)
			env.Setenv("TZ", "UTC") // the zone that times are shown in
			env.Values[aroundKey] = &surroundings{}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "race" {
				return false, fmt.Errorf("there is no condition %s", cond)
			}
			return racetest.On, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   command(scriptExits),
			"let":     command(scriptLet),
			"world":   command(scriptWorld),
			"pages":   command(scriptPages),
			"slack":   command(scriptSlack),
			"expand":  command(scriptExpand),
			"sql":     command(scriptSQL),
			"names":   command(scriptNames),
			"queries": command(scriptQueries),
			"answers": command(scriptAnswers),
		},
	})
}

// surroundings are what one script has started.
type surroundings struct {
	world *world
	slack *fakeSlack
}

// aroundKey is the key of the surroundings among a script's values.
const aroundKey = "surroundings"

func around(ts *testscript.TestScript) *surroundings {
	return ts.Value(aroundKey).(*surroundings)
}

var errUsage = errors.New("the command is used in another way")

// command makes a command of a function that returns an error if what it says does not hold. "!" cannot
// stand before it: a mistake in the script would pass for the failure that is wanted.
func command(run func(ts *testscript.TestScript, args []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("! cannot stand before this command")
		}
		ts.Check(run(ts, args))
	}
}

func scriptExits(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	code, err := 0, ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		code, err = exit.ExitCode(), nil
	}
	if err == nil && strconv.Itoa(code) != args[0] {
		err = fmt.Errorf("exit code %d", code)
	}
	return err
}

func scriptLet(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
	return nil
}

func scriptWorld(ts *testscript.TestScript, args []string) error {
	s := around(ts)
	if len(args) == 0 || args[0] != "start" && s.world == nil {
		return errUsage
	}
	if args[0] == "start" {
		begin := storyBegin()
		s.world = newWorld(begin, story(begin, args[1:]...)...)
		ts.Defer(s.world.close)
		for slug, site := range s.world.sites {
			ts.Setenv(strings.ToUpper(slug)+"_URL", site.url())
		}
		return nil
	}
	if args[0] == "step" && len(args) == 2 {
		d, err := time.ParseDuration(args[1])
		s.world.step(d)
		return err
	}
	if len(args) < 2 || s.world.sites[args[1]] == nil {
		return errUsage
	}
	switch site := s.world.sites[args[1]]; {
	case args[0] == "break" && len(args) == 3:
		site.breaks(simulate.FaultKind(args[2]), ".")
	case args[0] == "break" && len(args) == 4:
		site.breaks(simulate.FaultKind(args[2]), args[3])
	case args[0] == "mend" && len(args) == 2:
		site.mend()
	case args[0] == "move" && len(args) == 3:
		s.world.moves(args[1], args[2])
		ts.Setenv(strings.ToUpper(args[1])+"_MOVED_URL", s.world.sites[args[1]+"-moved"].url())
	default:
		return errUsage
	}
	return nil
}

// scriptPages serves a folder; an address without a file has the folder's file "index", as hosts answer that know one
// page only.
func scriptPages(ts *testscript.TestScript, args []string) error {
	if len(args) != 2 || args[0] != "start" {
		return errUsage
	}
	dir := ts.MkAbs(args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := os.ReadFile(filepath.Join(dir, filepath.Base(r.URL.Path)))
		if err != nil {
			body, _ = os.ReadFile(filepath.Join(dir, "index"))
		}
		w.Header().Set("Content-Type", http.DetectContentType(body))
		_, _ = w.Write(body)
	}))
	ts.Defer(server.Close)
	ts.Setenv("PAGES_URL", server.URL)
	return nil
}

func scriptSlack(ts *testscript.TestScript, args []string) error {
	s := around(ts)
	switch {
	case len(args) == 1 && args[0] == "start":
		s.slack = newSlack()
		ts.Defer(s.slack.close)
		ts.Setenv("VENDORWATCH_SLACK_URL", s.slack.webhook())
		return nil
	case len(args) == 2 && args[0] == "check":
		return channeltest.CheckMessage([]byte(ts.ReadFile(args[1])))
	case s.slack == nil:
		return errUsage
	case len(args) == 3 && args[0] == "answers":
		status, err := strconv.Atoi(args[1])
		s.slack.answer(status, args[2])
		return err
	case len(args) == 2 && args[0] == "count":
		if got := len(s.slack.taken()); strconv.Itoa(got) != args[1] {
			return fmt.Errorf("Slack took %d messages", got)
		}
		if bad := s.slack.complaints(); len(bad) > 0 {
			return fmt.Errorf("Slack would not take: %q", bad)
		}
		return nil
	case len(args) == 2 && args[0] == "save":
		all := s.slack.taken()
		if len(all) == 0 {
			return errors.New("Slack took no message")
		}
		return os.WriteFile(ts.MkAbs(args[1]), []byte(all[len(all)-1]), 0o600)
	}
	return errUsage
}

func scriptExpand(ts *testscript.TestScript, args []string) error {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		if err := os.WriteFile(ts.MkAbs(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func scriptSQL(ts *testscript.TestScript, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	rows, err := rowsOf(ts.MkAbs(args[0]), args[1])
	fmt.Fprint(ts.Stdout(), strings.Join(append(rows, ""), "\n"))
	return err
}

func scriptNames(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return errUsage
	}
	var columns []string
	for view := range strings.SplitSeq(args[1], "+") {
		of, err := rowsOf(ts.MkAbs(args[0]), `SELECT name FROM pragma_table_info(?)`, view)
		if err != nil {
			return err
		}
		if len(of) == 0 {
			return fmt.Errorf("there is no view %s", view)
		}
		columns = append(columns, of...)
	}
	var printed any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &printed); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	objects := objectsIn(printed)
	if len(args) == 3 {
		var below []map[string]any
		for _, o := range objects {
			below = append(below, objectsIn(o[args[2]])...)
		}
		objects = below
	}
	if len(objects) == 0 {
		return errors.New("there are no objects to look at")
	}
	for _, o := range objects {
		for key, value := range o {
			if _, list := value.([]any); !list && !slices.Contains(columns, key) {
				return fmt.Errorf("%s has no column %q", args[1], key)
			}
		}
	}
	return nil
}

func objectsIn(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var out []map[string]any
		for _, e := range v {
			if o, ok := e.(map[string]any); ok {
				out = append(out, o)
			}
		}
		return out
	}
	return nil
}

var sqliteCommand = regexp.MustCompile(`(?m)^\s*sqlite3 (\S+) "(.*)"$`)

func scriptQueries(ts *testscript.TestScript, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	found := sqliteCommand.FindAllStringSubmatch(ts.ReadFile("stdout"), -1)
	if strconv.Itoa(len(found)) != args[0] {
		return fmt.Errorf("%d queries were printed", len(found))
	}
	for _, m := range found {
		rows, err := rowsOf(ts.MkAbs(m[1]), m[2])
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("no rows: %s", m[2])
		}
	}
	return nil
}
