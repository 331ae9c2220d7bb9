package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config/reference"
)

func (a *app) configCommand() *cobra.Command {
	return group("config", "Check the config file, or show every key of one", &cobra.Command{
		Use:   "example",
		Short: "Print a config file with every key, and what each does",
		Long: `example prints a config file with every key that there is, and what each does. Settings that are not in
force stand behind a #. vendorwatch init writes a short file to begin with.`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.stdout, reference.Example())
			return err
		},
	}, &cobra.Command{
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
			a.next("vendorwatch scrape reads every page once, vendorwatch serve keeps reading")
			return nil
		},
	})
}
