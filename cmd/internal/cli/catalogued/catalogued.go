// Package catalogued has the commands about the built-in catalogue of vendors: list shows it, discover finds its
// vendors in files, verify asks the pages whether what it says of them is still so.
package catalogued

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// Shell is what the commands take from the command line.
type Shell struct {
	shell.Shell
	Fetcher func() (scraper.Fetcher, error) // as the config file says, where there is one
}

// Commands returns the commands.
func Commands(s Shell) []*cobra.Command {
	return []*cobra.Command{s.listCommand(), s.verifyCommand(), s.discoverCommand()}
}

// Platform says how a vendor's page is read: the platform's name, "detected" at the first scrape, or "no reader".
func Platform(e scraper.Entry) string {
	switch {
	case e.Platform != "":
		return e.Platform
	case platforms.Unread(e) != "":
		return "no reader"
	}
	return "detected"
}

func (s Shell) listCommand() *cobra.Command {
	var category string
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the built-in catalogue of vendors",
		Long: `list shows the vendors of the built-in catalogue, all of them or those of a category. It needs no
network, no config file and no record. vendors without a subcommand shows the vendors that are watched.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return s.list(category, asJSON) },
	}
	c.Flags().StringVar(&category, "category", "", "only vendors of this category, such as payments")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func categories() []string {
	var all []string
	for _, e := range scraper.Catalogue() {
		if e.Category != "" && !slices.Contains(all, e.Category) {
			all = append(all, e.Category)
		}
	}
	slices.Sort(all)
	return all
}

func (s Shell) list(category string, asJSON bool) error {
	if all := categories(); category != "" && !slices.Contains(all, category) {
		return flags.Mistakef("--category: there is no category %q; write one of: %s", category,
			strings.Join(all, ", "))
	}
	entries := slices.DeleteFunc(scraper.Catalogue(), func(e scraper.Entry) bool {
		return category != "" && e.Category != category
	})
	if asJSON {
		return s.JSON(entries)
	}
	t := s.Table(terminal.Cut("Vendor", 16), terminal.Whole("Platform"), terminal.Whole("Category"),
		terminal.Whole("Page"), terminal.Whole("Evidence"))
	for _, e := range entries {
		t.Row(e.Name, Platform(e), e.Category, e.Page, e.Evidence)
	}
	t.Render()
	_, err := fmt.Fprintln(s.Stderr, words.Count(len(entries), "vendor"))
	return err
}

// named returns the vendors of the catalogue that are meant, all of them if no name is given.
func named(names []string) ([]scraper.Entry, error) {
	if len(names) == 0 {
		return scraper.Catalogue(), nil
	}
	var out []scraper.Entry
	for _, name := range names {
		e, ok := scraper.LookupVendor(name)
		if !ok {
			var near []string
			for _, f := range scraper.FindVendors(name) {
				near = append(near, f.Name)
			}
			return nil, flags.Mistakef("the catalogue has no vendor %q%s", name, nearest(near))
		}
		out = append(out, e)
	}
	return out, nil
}

func nearest(names []string) string {
	if len(names) == 0 {
		return "; vendorwatch vendors list shows all"
	}
	return "; write " + strings.Join(names[:min(3, len(names))], " or ")
}
