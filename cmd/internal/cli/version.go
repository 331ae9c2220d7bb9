package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/running"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  takes(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, running.VersionsOf())
			return err
		},
	}
}
