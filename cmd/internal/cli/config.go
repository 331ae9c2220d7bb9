package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
)

func (a *app) configCommand() *cobra.Command {
	return group("config", "Check the config file", &cobra.Command{
		Use:   "check",
		Short: "Summarise the config file, or list every mistake in it",
		Args:  takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			notes, err := service.CheckConfig(cmd.Context(), a.configPath, a.dbPath)
			if err != nil {
				return err
			}
			for _, n := range notes {
				fmt.Fprintln(a.stdout, n)
			}
			return nil
		},
	})
}
