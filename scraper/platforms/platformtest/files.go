package platformtest

import (
	"os"
	"path/filepath"
)

// repository returns the folder of go.mod.
func repository() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			panic("there is no go.mod above " + dir)
		}
		dir = above
	}
}

// Testdata returns the folder of the golden cases.
func Testdata() string { return filepath.Join(repository(), "scraper", "testdata") }

// Captures returns the folder of recorded pages. It is not a part of the project; tests that read it skip if it is
// missing.
func Captures() string { return filepath.Join(repository(), "..", "shared", "captures") }
