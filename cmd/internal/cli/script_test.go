package cli_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/simulate"
)

// TestScripts runs the scripts of testdata/script: whole runs of the program, written as a user would type
// them. They have
//
//	vendorwatch ARGS...        the program, which must succeed (! vendorwatch: must fail)
//	exits CODE vendorwatch …   the program, which must end with this exit code
//	stdout, stderr PATTERN     what it printed matches; with ! it does not
//	grep PATTERN FILE          the file matches
//	cmp FILE FILE              the files, or stdout or stderr, are equal
//	exists FILE · cp FROM TO · rm FILE... · mkdir DIR... · env NAME=VALUE...
//	let NAME                   what was printed becomes a variable
//	world start [VENDOR...]    vendors to watch; sets KUSTOMER_URL and so on
//	world step 20m             some time passes for the vendors
//	world break VENDOR FAULT [ADDRESS]   the vendor misbehaves, at addresses that match
//	world mend VENDOR
//	slack start                an incoming webhook; sets VENDORWATCH_SLACK_URL
//	slack answers 500 TEXT     what it answers from now on
//	slack count N              so many messages were taken
//	slack save FILE            the message taken last
//	slack check FILE           the file is a message that Slack takes
//	expand FILE...             puts environment variables into a file
//	sql FILE QUERY             prints the rows of a query
//	names FILE VIEW [KEY]      what was printed is JSON, and its objects have names of the view's columns only
//	queries N                  runs the sqlite3 commands that were printed, N of them, each with rows
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runScript(t, file)
		})
	}
}

func scriptWorld(s *script, args []string) error {
	if len(args) == 0 || args[0] != "start" && s.world == nil {
		return errUsage
	}
	if args[0] == "start" {
		begin := storyBegin()
		s.world = newWorld(begin, story(begin, args[1:]...)...)
		s.deferred = append(s.deferred, s.world.close)
		for slug, site := range s.world.sites {
			s.env[strings.ToUpper(slug)+"_URL"] = site.url()
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
	default:
		return errUsage
	}
	return nil
}

func scriptSlack(s *script, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "start":
		s.slack = newSlack()
		s.deferred = append(s.deferred, s.slack.close)
		s.env["VENDORWATCH_SLACK_URL"] = s.slack.webhook()
		return nil
	case len(args) == 2 && args[0] == "check":
		text, err := s.read(args[1])
		if err != nil {
			return err
		}
		return checkBlockKit([]byte(text))
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
		return os.WriteFile(s.path(args[1]), []byte(all[len(all)-1]), 0o600)
	}
	return errUsage
}

func scriptExpand(s *script, args []string) error {
	for _, name := range args {
		text, err := s.read(name)
		if err != nil {
			return err
		}
		text = os.Expand(text, func(name string) string { return s.env[name] })
		if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func scriptSQL(s *script, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	rows, err := query(s.path(args[0]), args[1])
	s.stdout, s.stderr = strings.Join(append(rows, ""), "\n"), ""
	return err
}

func scriptNames(s *script, args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return errUsage
	}
	columns, err := query(s.path(args[0]), `SELECT name FROM pragma_table_info(?)`, args[1])
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return fmt.Errorf("there is no view %s", args[1])
	}
	var printed any
	if err := json.Unmarshal([]byte(s.stdout), &printed); err != nil {
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

func scriptQueries(s *script, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	found := sqliteCommand.FindAllStringSubmatch(s.stdout, -1)
	if strconv.Itoa(len(found)) != args[0] {
		return fmt.Errorf("%d queries were printed", len(found))
	}
	for _, m := range found {
		rows, err := query(s.path(m[1]), m[2])
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("no rows: %s", m[2])
		}
	}
	return nil
}
