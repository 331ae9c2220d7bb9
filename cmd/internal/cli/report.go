package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

func (a *app) reportCommand() *cobra.Command {
	return group("report", "See which alerts go where, and why", a.reportTestCommand(), a.reportPreviewCommand())
}

// reporting is what a config says of reporting, over a file that is read.
type reporting struct {
	config   *config.Config
	file     *db.DB
	channels []channel.Channel
	planner  *alert.Planner
	render   *deliver.Renderer
}

func (a *app) openReporting(ctx context.Context, stdout io.Writer) (*reporting, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	all, err := service.Channels(c, stdout)
	if err != nil {
		return nil, err
	}
	file, err := db.OpenReadOnly(ctx, c.Database)
	if err != nil {
		return nil, err
	}
	return &reporting{
		config: c, file: file, channels: all, planner: service.NewPlanner(c, file),
		render: &deliver.Renderer{DB: query.New(file), Ledger: ledger.New(file), Zone: c.Zone,
			DashboardURL: c.DashboardURL},
	}, nil
}
