package watch

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

var nameTime = lazyregexp.New(`(\d{4}-\d{2}-\d{2})T(\d{2})[-:]?(\d{2})[-:]?(\d{2})(\.\d+)?Z`)

// TimeInName reads the UTC time in a file's name, written with dashes or colons.
func TimeInName(path string) (time.Time, bool) {
	m := nameTime.FindStringSubmatch(filepath.Base(path))
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, m[1]+"T"+m[2]+":"+m[3]+":"+m[4]+m[5]+"Z")
	return t, err == nil
}

// CaptureFiles returns the files named, and those in the folders named, in the order of their names. Hidden files are
// left out.
func CaptureFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.HasPrefix(d.Name(), ".") && name != p {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if d.Type().IsRegular() {
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
		if len(files) == before {
			return nil, fmt.Errorf("import: the folder %s contains no files", p)
		}
	}
	return files, nil
}
