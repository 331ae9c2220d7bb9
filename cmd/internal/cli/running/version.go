package running

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Versions are those of the program and of what is in it.
type Versions struct {
	Program, SQLite, Go string
	Commit, Date        string // of the source code; empty where it was not built in its repository
}

// VersionsOf are those that the compiler wrote into the program.
func VersionsOf() Versions {
	v := Versions{Program: "unknown", SQLite: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Program, v.Go = info.Main.Version, info.GoVersion
	for _, m := range info.Deps {
		if m.Path == "modernc.org/sqlite" {
			v.SQLite = m.Version
		}
	}
	changed := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			v.Date, _, _ = strings.Cut(s.Value, "T")
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if v.Commit != "" && changed {
		v.Commit += " with changes"
	}
	return v
}

// String names them in one line.
func (v Versions) String() string {
	parts := []string{"modernc.org/sqlite " + v.SQLite}
	if v.Go != "" {
		parts = append(parts, v.Go)
	}
	if v.Commit != "" {
		parts = append([]string{"commit " + v.Commit, v.Date}, parts...)
	}
	return fmt.Sprintf("vendorwatch %s (%s)", v.Program, strings.Join(parts, ", "))
}
