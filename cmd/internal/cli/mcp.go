package cli

import (
	"context"
	"errors"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/running"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/web"
)

func (a *app) mcpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mcp",
		Short: "Answer an AI assistant from the record (Model Context Protocol on stdin and stdout)",
		Long: `mcp lets an AI assistant query the record: which vendors have trouble, since when, and what they
wrote. The assistant starts this command itself; name it in the assistant's configuration. The tools
only read. docs/mcp.md says how to set it up, and how to query a vendorwatch that runs elsewhere.`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.mcp(cmd.Context()) },
	}
}

// mcp serves until stdin ends or ctx does.
func (a *app) mcp(ctx context.Context) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	version := running.VersionsOf().Program
	o := web.Options{Log: a.log(), Version: version}
	// The file can be read without a config; answers then have no links to the dashboard.
	if c, err := config.LoadToRead(a.configPath, service.ChannelKinds()); err == nil {
		o.DashboardURL = c.DashboardURL
	}
	err = web.New(file, o).MCP().Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(a.stdin), Writer: unclosed{a.stdout}})
	if ctx.Err() != nil || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// unclosed is a writer that is left open: stdout is not ours to close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
