package cli

import "github.com/spf13/cobra"

func (a *app) dbCommand() *cobra.Command {
	return group("db", "Look after the SQLite file",
		a.dbCheckCommand(), a.dbBackupCommand(), a.dbPruneCommand(), a.dbRenormalizeCommand())
}
