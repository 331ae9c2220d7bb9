package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
)

// descriptions reads the files of the folder with descriptions of pages.
func (c *checker) descriptions() {
	const write = `write the path of a folder with descriptions of pages, or remove the key`
	folder := c.config.Descriptions
	if folder == "" || c.Refused("descriptions") {
		return
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(filepath.Dir(c.file), folder)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		c.Add("descriptions", "the folder cannot be read: "+err.Error(), write)
		return
	}
	c.config.Descriptions, c.config.Described = folder, map[string]*custom.Selectors{}
	for _, file := range files {
		name, isTOML := strings.CutSuffix(file.Name(), ".toml")
		if !isTOML || file.IsDir() {
			continue
		}
		at := filepath.Join(folder, file.Name())
		data, err := os.ReadFile(at)
		if err != nil {
			c.elsewhere = append(c.elsewhere, tomlcheck.Mistake{File: at, Problem: "it cannot be read: " + err.Error()})
			continue
		}
		selectors, mistakes := readDescription(at, name, data)
		c.elsewhere = append(c.elsewhere, mistakes...)
		// A vendor that names a wrong description has one mistake, not two.
		c.config.Described[name] = selectors
	}
	if len(c.config.Described) == 0 {
		c.remark("the folder %s of descriptions has no file that ends in .toml", folder)
	}
}

// readDescription reads the description of a page, which vendors name as their platform.
func readDescription(file, name string, data []byte) (*custom.Selectors, tomlcheck.Mistakes) {
	value, document, err := tomlcheck.Decode(file, data, func() any { return &custom.File{} })
	var broken tomlcheck.Mistakes
	if errors.As(err, &broken) {
		return nil, broken
	}
	if document.Broken() {
		return nil, document.Mistakes()
	}
	if _, err := platforms.Lookup(name); err == nil {
		document.Add("", fmt.Sprintf("there is a platform of the name %q already", name), "rename the file")
	}
	selectors, mistakes := value.(*custom.File).Compile(name)
	for _, m := range mistakes {
		if !document.Refused(m.Key) || !document.Has(m.Key) {
			document.Add(m.Key, m.Problem, m.Write)
		}
	}
	return selectors, document.Mistakes()
}

// describe has the sources of a vendor whose platform is a description of ours be read by it.
func (c *checker) describe(v *Vendor) {
	for i := range v.Sources {
		s := &v.Sources[i]
		if selectors, described := c.config.Described[s.Platform]; described {
			s.Platform, s.Selectors = scraper.Custom, selectors
		}
	}
}
