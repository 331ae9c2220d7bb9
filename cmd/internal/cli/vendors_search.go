package cli

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
)

func (a *app) vendorsSearchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "search NAME",
		Short: "Look a vendor up in the built-in catalogue",
		Long: `search lists the vendors of the built-in catalogue that a name may mean, the likeliest first, and prints
what to paste into config.toml for the first of them. It needs no network, no config file and no record.

A name, an alias such as gh, aws or m365, a part of either, or a category such as payments will do.`,
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
		fmt.Fprintf(a.stderr, "the catalogue has no vendor like %q; give its [[vendor]] the url of its status page\n",
			query)
		return nil
	}
	t := a.table("Vendor", "Platform", "Category", "Page", "Also called")
	for _, e := range found {
		platform := e.Platform
		if platform == "" {
			platform = "found when read"
		}
		t.AppendRow(table.Row{e.Name, platform, e.Category, e.Page, strings.Join(e.Aliases, ", ")})
	}
	t.Render()
	fmt.Fprintln(a.stdout)
	fmt.Fprint(a.stdout, config.VendorTOML(found[0].Name, found[0].Page, found[0].Platform))
	fmt.Fprintln(a.stderr, words.Count(len(found), "vendor"))
	return nil
}
