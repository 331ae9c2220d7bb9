package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/catalogued"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

func (a *app) vendorsSearchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "search NAME",
		Short: "Search the built-in catalogue of vendors",
		Long: `search lists the vendors of the built-in catalogue that match a name, the best match first, and prints
the lines for config.toml that watch that one. It needs no network, no config file and no record.

Search by name, by an alias such as gh, aws or m365, by a part of either, or by a category such as
payments.`,
		Args: takes(1, -1, "the name of a vendor"),
		RunE: func(_ *cobra.Command, args []string) error { return a.vendorsSearch(strings.Join(args, " ")) },
	}
	a.jsonFlag(c)
	return c
}

func (a *app) vendorsSearch(query string) error {
	found := scraper.FindVendors(query)
	if a.asJSON {
		return a.printJSON(notNil(found))
	}
	if len(found) == 0 {
		fmt.Fprintf(a.stderr, "the catalogue has no vendor like %q; write a [[vendor]] with the url of its "+
			"status page\n", query)
		return nil
	}
	t := a.table(terminal.Cut("Vendor", 16), terminal.Whole("Platform"), terminal.Whole("Category"),
		terminal.Whole("Page"), terminal.Cut("Also called", 16))
	for _, e := range found {
		t.Row(e.Name, catalogued.Platform(e), e.Category, e.Page, strings.Join(e.Aliases, ", "))
	}
	t.Render()
	fmt.Fprintln(a.stdout)
	if first := found[0]; platforms.Unread(first) == "" {
		fmt.Fprint(a.stdout, config.VendorTOML(first.Name, first.Page, first.Platform))
	} else {
		fmt.Fprintln(a.stderr, unreadNote(first))
	}
	fmt.Fprintln(a.stderr, words.Count(len(found), "vendor"))
	if platforms.Unread(found[0]) == "" {
		a.next(fmt.Sprintf("vendorwatch vendors add %q --write", found[0].Name))
	}
	return nil
}

// unreadNote says how the page of a vendor is watched that no platform reads.
func unreadNote(e scraper.Entry) string {
	return fmt.Sprintf("%s: there is no reader yet for %s, which is made with %s. Describe the page with "+
		`platform = "custom" (docs/custom-pages.md), or watch its RSS or Atom feed with platform = "feed".`, e.Name,
		e.Page, platforms.Unread(e))
}
