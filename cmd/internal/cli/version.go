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
			_, err := fmt.Fprintln(a.stdout, versionLine())
			return err
		},
	}
}

// versionLine names the version of the program and that of the SQLite in it.
func versionLine() string {
	version, sqlite := versions()
	return fmt.Sprintf("vendorwatch %s (modernc.org/sqlite %s)", version, sqlite)
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
