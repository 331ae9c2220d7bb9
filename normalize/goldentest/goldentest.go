// Package goldentest holds files of this repository to what a test makes, or rewrites them with -update. It is imported
// by tests only, and stands beside racetest because every package of this module may import what is there.
package goldentest

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the files that the tests make: golden files, tables and pages of docs")

// Update reports whether the files are to be rewritten.
func Update() bool { return *update }

// Held compares a file with what it is to hold, or writes it with -update.
func Held(t testing.TB, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Errorf("%s is missing; run the test with -update and read it", path)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(have)); diff != "" {
		t.Errorf("%s is not what the test makes; run it with -update, and read the difference (-made +file)\n%s",
			path, diff)
	}
}
