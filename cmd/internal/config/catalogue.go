package config

import (
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
)

// named takes the page and the platform of a vendor without any address from the built-in catalogue, by
// its name. It reports whether there is an address to go on with; where there is none, it has said so.
func (c *checker) named(v *Vendor, path string) bool {
	if v.URL != "" || len(v.Sources) > 0 || v.Name == "" || c.Has(path+".url") || c.Refused(path+".source") {
		return true
	}
	entry, found := scraper.LookupVendor(v.Name)
	if !found {
		c.unknownVendor(v.Name, path)
		return false
	}
	c.catalogued(v, entry, path)
	return true
}

// catalogued fills in what an entry of the catalogue tells. A platform that the file names comes first. Where the
// catalogue says that no platform reads the page, the first scrape decides: the vendor may have moved since.
func (c *checker) catalogued(v *Vendor, entry scraper.Entry, path string) {
	v.URL = entry.Page
	if c.Has(path + ".platform") {
		return
	}
	v.Platform = entry.Platform // if it is empty, it is detected when the page is first read
}

func (c *checker) unknownVendor(name, path string) {
	problem := fmt.Sprintf("it is missing, and the catalogue has no vendor %q", name)
	write := `write the address of the status page, for example url = "https://www.githubstatus.com"`
	if near := nearVendors(name); len(near) > 0 {
		write = fmt.Sprintf("write name = %s if that is what you mean, else the address of the status page as url",
			strings.Join(near, " or "))
	}
	c.Add(path+".url", problem, write)
}

// nearVendors returns the quoted names of up to three vendors that a name may be meant to be.
func nearVendors(name string) []string {
	var near []string
	add := func(n string) {
		if n = fmt.Sprintf("%q", n); len(near) < 3 && !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	var all []string
	for _, e := range scraper.Catalogue() {
		all = append(all, e.Name)
	}
	if n := words.Nearest(name, all); n != "" {
		add(n)
	}
	first, _, _ := strings.Cut(name, " ")
	for _, query := range []string{name, first} {
		for _, e := range scraper.FindVendors(query) {
			add(e.Name)
		}
	}
	return near
}
