package platformtest

import (
	"os"
	"path/filepath"
)

// repository is the folder of go.mod.
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

// Testdata is the folder of the golden cases.
func Testdata() string { return filepath.Join(repository(), "scraper", "testdata") }

// Captures holds what real pages served. It is no part of the project; without it, tests that read it skip.
func Captures() string { return filepath.Join(repository(), "..", "shared", "captures") }
