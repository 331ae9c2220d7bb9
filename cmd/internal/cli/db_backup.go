package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
)

func (a *app) dbBackupCommand() *cobra.Command {
	return &cobra.Command{
		Use:         "backup FILE",
		Short:       "Copy the file, also while it is in use",
		Annotations: stopping.Leaves("no copy was made"),
		Args:        takes(1, 1, "the name of the copy"),
		RunE:        func(cmd *cobra.Command, args []string) error { return a.dbBackup(cmd.Context(), args[0]) },
	}
}

func (a *app) dbBackup(ctx context.Context, copied string) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	bar := a.bar("copying "+file.Path(), 0)
	err = file.Backup(ctx, copied)
	bar.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s copied to %s\n", file.Path(), copied)
	return nil
}
