package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"vendorwatch/cmd/internal/cli/running"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/db"
)

// defaultConfig is the config file where --config names none; some commands do without it.
const defaultConfig = "config.toml"

// loadConfig reads the config file for a command that does what it describes, and prints its notes.
func (a *app) loadConfig() (*config.Config, error) {
	c, err := config.Load(a.configPath, service.ChannelKinds())
	if err != nil {
		return nil, err
	}
	if a.dbPath != "" {
		c.Database = a.dbPath
	}
	for _, note := range c.Notes {
		fmt.Fprintln(a.stderr, note)
	}
	return c, nil
}

// configIfAny reads the config file for a command that can do without: it is nil if --config names none and there is
// none in this folder.
func (a *app) configIfAny() (*config.Config, error) {
	c, err := config.LoadToRead(a.configPath, service.ChannelKinds())
	if errors.Is(err, fs.ErrNotExist) && a.configPath == defaultConfig {
		return nil, nil
	}
	return c, err
}

// configOrDefault is the config file, or what is used without one.
func (a *app) configOrDefault() (*config.Config, error) {
	c, err := a.configIfAny()
	if err == nil && c == nil {
		c = &config.Config{Fetch: config.DefaultFetch()}
	}
	return c, err
}

// databasePath is the file that a command reads or changes: that of --db, else of the config file, else vendorwatch.db.
func (a *app) databasePath() (string, error) {
	if a.dbPath != "" {
		return a.dbPath, nil
	}
	c, err := a.configIfAny()
	if err != nil {
		return "", err
	}
	if c == nil {
		return "vendorwatch.db", nil
	}
	return c.Database, nil
}

// openToRead opens the file for a listing.
func (a *app) openToRead(ctx context.Context) (*db.DB, error) {
	path, err := a.databasePath()
	if err != nil {
		return nil, err
	}
	return db.OpenReadOnly(ctx, path)
}

// openToWrite opens the file for a change of what it holds. It does not create one.
func (a *app) openToWrite(ctx context.Context) (*db.DB, error) {
	path, err := a.databasePath()
	if err != nil {
		return nil, err
	}
	if !fileExists(path) {
		return nil, fmt.Errorf("there is no file %s; vendorwatch serve or scrape creates it", path)
	}
	return db.Open(ctx, path)
}

// fileExists reports whether there is something at path.
func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// openService reads the config file and puts it to work, on a file that is open already where it is the config's.
func (a *app) openService(ctx context.Context, log *slog.Logger, file *db.DB) (*service.Service, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	return a.newService(ctx, c, time.Now, log, file)
}

// newService puts a config to work; now is the clock of what is saved.
func (a *app) newService(ctx context.Context, c *config.Config, now func() time.Time, log *slog.Logger,
	file *db.DB) (*service.Service, error) {
	version := running.VersionsOf().Program
	return service.New(ctx, c, service.Options{
		Now: now, Log: log, Stdout: a.stdout, Notes: a.stderr, Verbose: a.verbose, Version: version,
		File: file, StandsOn: standsOn,
	})
}
