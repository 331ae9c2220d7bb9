package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// script is a file of testdata/script while it is run. The language is that of
// github.com/rogpeppe/go-internal/testscript, as far as it is needed here: a line is a command, "!" before
// it says that it must fail, '...' quotes words, $NAME is a variable, # begins a comment; "-- NAME --"
// begins a file that is there when the script begins.
type script struct {
	dir            string
	env            map[string]string
	stdout, stderr string // of the command before
	deferred       []func()

	world *world
	slack *fakeSlack
}

// The commands that every script has. Each returns an error if what it says does not hold.
var commands = map[string]func(s *script, args []string) error{
	"vendorwatch": func(s *script, args []string) error {
		code, err := s.run(args)
		if err == nil && code != 0 {
			err = fmt.Errorf("exit code %d", code)
		}
		return err
	},
	"exits": scriptExits,
	"env": func(s *script, args []string) error {
		for _, a := range args {
			name, value, _ := strings.Cut(a, "=")
			s.env[name] = value
		}
		return nil
	},
	"stdout": func(s *script, args []string) error { return match(args, 1, s.stdout) },
	"stderr": func(s *script, args []string) error { return match(args, 1, s.stderr) },
	"grep": func(s *script, args []string) error {
		if len(args) != 2 {
			return errUsage
		}
		text, err := s.read(args[1])
		if err != nil {
			return err
		}
		return match(args, 2, text)
	},
	"let": func(s *script, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		s.env[args[0]] = strings.TrimSpace(s.stdout)
		return nil
	},
	"cmp":    scriptCmp,
	"exists": scriptExists,
	"cp":     scriptCp,
	"rm": func(s *script, args []string) error {
		for _, name := range args {
			if err := os.RemoveAll(s.path(name)); err != nil {
				return err
			}
		}
		return nil
	},
	"mkdir": func(s *script, args []string) error {
		for _, name := range args {
			if err := os.MkdirAll(s.path(name), 0o700); err != nil {
				return err
			}
		}
		return nil
	},
	"world": scriptWorld, "slack": scriptSlack, "expand": scriptExpand, "sql": scriptSQL, "names": scriptNames, "queries": scriptQueries,
}

// negatable are the commands that "!" may stand before.
var negatable = map[string]bool{"vendorwatch": true, "stdout": true, "stderr": true, "grep": true, "cmp": true, "exists": true}

var errUsage = errors.New("the command is used in another way")

func runScript(t *testing.T, file string) {
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{dir: t.TempDir(), env: map[string]string{"SECRET": slackSecret}}
	defer func() {
		for _, f := range s.deferred {
			f()
		}
	}()
	lines, err := s.unpack(string(body))
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range lines {
		if err := s.line(line); err != nil {
			t.Fatalf("%s:%d: %s\n%v\nstdout:\n%sstderr:\n%s", file, n+1, line, err, s.stdout, s.stderr)
		}
	}
}

var fileHead = regexp.MustCompile(`^-- (\S+) --$`)

// unpack writes the files of a script and returns its lines.
func (s *script) unpack(text string) ([]string, error) {
	var lines []string
	files, name := map[string]*strings.Builder{}, ""
	for line := range strings.Lines(text) {
		if m := fileHead.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			if name = m[1]; files[name] != nil {
				return nil, fmt.Errorf("two files of the name %s", name)
			}
			files[name] = &strings.Builder{}
		} else if name == "" {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		} else {
			files[name].WriteString(line)
		}
	}
	for name, body := range files {
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(s.path(name), []byte(body.String()), 0o600); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func (s *script) line(line string) error {
	words, err := s.words(line)
	if err != nil || len(words) == 0 {
		return err
	}
	fails := words[0] == "!"
	if fails {
		words = words[1:]
	}
	if len(words) == 0 || commands[words[0]] == nil || fails && !negatable[words[0]] {
		return errors.New("there is no such command")
	}
	err = commands[words[0]](s, words[1:])
	switch {
	case errors.Is(err, errUsage) || !fails:
		return err
	case err == nil:
		return errors.New("it does hold")
	}
	return nil
}

// words splits a line.
func (s *script) words(line string) ([]string, error) {
	var out []string
	word, in := "", false
	for rest := line; rest != ""; {
		switch c := rest[0]; {
		case c == '\'':
			quoted, after, ok := strings.Cut(rest[1:], "'")
			if !ok {
				return nil, errors.New("a quote is not closed")
			}
			if in && strings.HasSuffix(line[:len(line)-len(rest)], "'") {
				quoted = "'" + quoted // '' within quotes
			}
			word, in, rest = word+quoted, true, after
			continue
		case c == ' ' || c == '\t' || c == '#' && !in:
			if in {
				out = append(out, word)
			}
			if c == '#' {
				return out, nil
			}
			word, in, rest = "", false, rest[1:]
			continue
		}
		end := strings.IndexAny(rest, "' \t")
		if end < 0 {
			end = len(rest)
		}
		word, in, rest = word+os.Expand(rest[:end], func(name string) string { return s.env[name] }), true, rest[end:]
	}
	if in {
		out = append(out, word)
	}
	return out, nil
}

func (s *script) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

// read returns a file, or what was printed.
func (s *script) read(name string) (string, error) {
	switch name {
	case "stdout":
		return s.stdout, nil
	case "stderr":
		return s.stderr, nil
	}
	b, err := os.ReadFile(s.path(name))
	return string(b), err
}

// run runs vendorwatch and returns its exit code.
func (s *script) run(args []string) (int, error) {
	var env []string
	for name, value := range s.env {
		env = append(env, name+"="+value)
	}
	c := program(s.dir, env, args...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	s.stdout, s.stderr = stdout.String(), stderr.String()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	return 0, err
}

func match(args []string, n int, text string) error {
	if len(args) != n {
		return errUsage
	}
	pattern, err := regexp.Compile("(?m)" + args[0])
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if !pattern.MatchString(text) {
		return fmt.Errorf("no match for %s", args[0])
	}
	return nil
}

func scriptExits(s *script, args []string) error {
	if len(args) < 2 || args[1] != "vendorwatch" {
		return errUsage
	}
	code, err := s.run(args[2:])
	if err == nil && strconv.Itoa(code) != args[0] {
		err = fmt.Errorf("exit code %d", code)
	}
	return err
}

func scriptCmp(s *script, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	got, err := s.read(args[0])
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	want, err := s.read(args[1])
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("(- %s + %s)\n%s", args[1], args[0], diff)
	}
	return nil
}

// scriptExists holds if all files exist; of several after "!", none may.
func scriptExists(s *script, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	_, err := os.Stat(s.path(args[0]))
	return err
}

func scriptCp(s *script, args []string) error {
	if len(args) != 2 {
		return errUsage
	}
	text, err := s.read(args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(s.path(args[1]), []byte(text), 0o600)
}
