package catalogued

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/discover"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
)

func (s Shell) discoverCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "discover FILE…",
		Short: "Find vendors of the catalogue in files that a company has",
		Long: `discover searches text files for the domains, packages and names of the catalogue's vendors: a DNS zone
or a resolver's log, an export of expenses or of single sign-on apps, bookmarks, go.mod, package.json,
requirements.txt, Terraform. It shows each vendor with where it was found, the strongest evidence first.
Nothing leaves the machine.

A name counts only where it is the whole of a line or of a cell, and a name that is also an English word
("Slab", "Close") not at all. - is standard input.`,
		Args: s.Takes(1, -1, "the files to search"),
		RunE: func(cmd *cobra.Command, args []string) error { return s.discover(cmd.InOrStdin(), args, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (s Shell) discover(stdin io.Reader, paths []string, asJSON bool) error {
	f := discover.New(scraper.Catalogue())
	for _, path := range paths {
		if err := read(f, stdin, path); err != nil {
			return err
		}
	}
	found := f.Found()
	if asJSON {
		return s.JSON(found)
	}
	t := s.Table(terminal.Cut("Vendor", 16), terminal.Whole("By"), terminal.Whole("Times"), terminal.Cut("Found", 20),
		terminal.Cut("Where", 16), terminal.Whole("Platform"))
	for _, v := range found {
		first := v.Hits[0]
		where := fmt.Sprintf("%s:%d", first.File, first.Line)
		t.Row(v.Name, first.Kind, len(v.Hits), first.What, where, Platform(v.Entry))
	}
	if len(found) > 0 {
		t.Render()
	}
	fmt.Fprintf(s.Stderr, "%s in %s\n", words.Count(len(found), "vendor"), words.Count(len(paths), "file"))
	if len(found) > 0 {
		fmt.Fprintf(s.Stderr, "next: vendorwatch vendors add %q --write, or a [[vendor]] with that name in the config "+
			"file\n", found[0].Name)
	}
	return nil
}

func read(f *discover.Finder, stdin io.Reader, path string) error {
	if path == "-" {
		return f.Read("standard input", stdin)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return f.Read(path, file)
}
