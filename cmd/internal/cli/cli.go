// Package cli is the command line: one file a command. It wires the other packages together and is the
// only one that knows them all.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/actions"
	"vendorwatch/cmd/internal/cli/figures"
	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/running"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/cli/services"
	"vendorwatch/cmd/internal/cli/setup"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/cli/stories"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
)

// The exit codes of the program.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Main runs the program with these arguments until it is done, or until SIGINT or SIGTERM, and returns
// its exit code: 0 done, 1 failed, 2 wrong usage.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return stopping.Bound(ctx, stderr, func(ctx context.Context) int { return Run(ctx, args, stdin, stdout, stderr) })
}

// Run is Main without the signals: the program ends when ctx does.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, terminal: words.IsTerminal(stderr)}
	// Much of what is printed are words of vendors. They are made harmless here, once for all commands; the colours of
	// the log and of tables, which are ours, go past it.
	rawOut, rawErr := stdout, stderr
	stdout, stderr = &words.VisibleWriter{W: stdout}, &words.VisibleWriter{W: stderr}
	a.stdout, a.stderr, a.logTo, a.rawOut = stdout, stderr, rawErr, rawOut
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var mistake *flags.Mistake
	var code services.Exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &mistake):
		fmt.Fprintf(stderr, "vendorwatch: %v\n", err)
		return exitUsage
	case errors.As(err, &code):
		return int(code)
	case ctx.Err() != nil:
		if !errors.Is(err, errTold) && !stopping.Only(ctx, err) {
			fmt.Fprintf(stderr, "vendorwatch: %v\n", err)
		}
		fmt.Fprintln(stderr, stopping.Line(cmd))
		return exitFailed
	case errors.Is(err, errTold):
		return exitFailed
	}
	fmt.Fprintf(stderr, "vendorwatch: %v\n", err)
	return exitFailed
}

func usagef(format string, args ...any) error { return flags.Mistakef(format, args...) }

// errTold ends a command whose errors have been printed already.
var errTold = errors.New("failed")

// app is what the commands share.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer // show what vendors wrote, and obey none of it
	rawOut, logTo  io.Writer // the two as they are, for what is clean already: tables, the log
	terminal       bool      // standard error is a terminal

	configPath string
	dbPath     string
	verbose    bool
	listen     string
	asJSON     bool
	color      string
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "vendorwatch",
		Short: "Watch vendors' status pages, record their incidents in SQLite, report what is new",
		Long: `vendorwatch reads vendors' status pages on a schedule, stores every incident in one common schema
in a SQLite file, and reports what is new.

Try it without any set-up:  vendorwatch demo
Begin with your vendors:    vendorwatch init`,
		Version:       running.VersionsOf().String(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if err := terminal.CheckColor(a.color); err != nil {
				return &flags.Mistake{Err: err}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%v; see %s --help", err, cmd.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "config.toml", "config file")
	flags.StringVar(&a.dbPath, "db", "", "SQLite file (default: the config file's, else vendorwatch.db)")
	flags.StringVar(&a.color, "color", terminal.ColorAuto, "colours: "+strings.Join(terminal.ColorModes, ", "))
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "log every scrape, also those that found no change")
	root.AddCommand(
		a.serveCommand(), a.scrapeCommand(), a.importCommand(), a.backfillCommand(), a.inspectCommand(),
		a.incidentsCommand(), a.showCommand(), a.vendorsCommand(), a.digestCommand(), a.deliveriesCommand(),
		a.reportCommand(),
		a.configCommand(), a.dbCommand(), a.demoCommand(), a.mcpCommand(), a.versionCommand(),
	)
	sh := a.shell()
	system := running.Shell{Shell: sh, Config: func() (*config.Config, error) {
		return config.LoadToRead(a.configPath, service.ChannelKinds())
	}}
	root.AddCommand(running.HealthCommand(system), running.ManualCommand(system))
	root.AddCommand(setup.InitCommand(a.setup(false)))
	root.AddCommand(services.Commands(services.Shell{Shell: sh})...)
	root.AddCommand(stories.Command(stories.Shell{Shell: sh, StandsOn: standsOn}))
	root.AddCommand(actions.Commands(actions.Shell{Shell: sh, OpenToWrite: a.openToWrite, Vendor: vendorNamed,
		Complete: a.recordedVendors})...)
	root.AddCommand(figures.Commands(figures.Shell{Shell: sh, Vendor: recorded, Vendors: a.recordedVendors})...)
	return root
}

// standsOn returns on whom the vendor of a status page says that it stands, by the catalogue.
func standsOn(page string) []string {
	e, _ := scraper.LookupPage(strings.TrimRight(page, "/"))
	return e.StandsOn
}

// shell is what the packages of commands take.
func (a *app) shell() shell.Shell {
	return shell.Shell{Stdout: a.stdout, Stderr: a.stderr, Open: a.openToRead, Table: a.table, Takes: takes,
		JSON: a.printJSON}
}

// group makes a command that only has subcommands.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(commands...)
	return c
}

func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return usagef("%s has no command %q; write one of: %s", cmd.CommandPath(), args[0], strings.Join(names, ", "))
}

// takes checks the number of arguments; what says what they are.
func takes(low, high int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < low || high >= 0 && len(args) > high {
			return usagef("%s takes %s; see %s --help", cmd.CommandPath(), what, cmd.CommandPath())
		}
		return nil
	}
}

func (a *app) jsonFlag(c *cobra.Command) {
	c.Flags().BoolVar(&a.asJSON, "json", false, "print JSON")
}

// printJSON writes a value to stdout. Lists are never null.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// log writes to stderr, one line a scrape.
func (a *app) log() *slog.Logger {
	level := slog.LevelInfo
	if a.verbose {
		level = slog.LevelDebug
	}
	return slog.New(tint.NewTextHandler(a.logTo, &tint.Options{
		Level: level, TimeFormat: "15:04:05", NoColor: !a.terminal, ReplaceAttr: words.VisibleAttr,
	}))
}
