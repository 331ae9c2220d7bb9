// Package described has the platforms that are described in files: each NAME.toml here is one, as docs/custom-pages.md
// explains. What is more than to say where everything stands is a package of its own beside this one.
package described

import (
	"embed"
	"path"
	"strings"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
)

//go:embed *.toml
var files embed.FS

// AddTo adds the described platforms to a registry.
func AddTo(r scraper.Registry) scraper.Registry {
	for name, s := range All() {
		r[name] = s
	}
	return r
}

// All returns the described platforms by name.
func All() map[string]*custom.Selectors {
	out := map[string]*custom.Selectors{}
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		name := strings.TrimSuffix(path.Base(e.Name()), ".toml")
		out[name] = custom.BuiltIn(name, data)
	}
	return out
}
