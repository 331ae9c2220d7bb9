package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  takes(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			version, sqlite := versions()
			_, err := fmt.Fprintf(a.stdout, "vendorwatch %s (modernc.org/sqlite %s)\n", version, sqlite)
			return err
		},
	}
}

// versions are those of the program and of the SQLite in it.
func versions() (version, sqlite string) {
	version, sqlite = "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, m := range info.Deps {
			if m.Path == "modernc.org/sqlite" {
				sqlite = m.Version
			}
		}
	}
	return version, sqlite
}
