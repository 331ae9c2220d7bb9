// Package setup has the commands that make a config file: init writes one, and vendors add takes whole lists of vendors
// into it.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/vendorlist"
	"vendorwatch/scraper"
)

// Shell is what the commands take from the command line.
type Shell struct {
	shell.Shell
	Stdin      io.Reader
	ConfigPath func() string
	Kinds      config.ChannelKinds
	Config     func() (*config.Config, error) // nil where there is none
	// Detect asks a page what it is made with, and reads it. The name is what it calls itself.
	Detect func(ctx context.Context, address string) (found scraper.Found, name string, err error)
}

// mostRead bounds a list of vendors.
const mostRead = 64 << 20

// wishes are those of the command line and of a file; - is standard input.
func (s Shell) wishes(typed []string, from string) ([]vendorlist.Wish, error) {
	all := vendorlist.Of(typed)
	if from == "" {
		return all, nil
	}
	name, r := from, s.Stdin
	if from == "-" {
		name = "standard input"
	} else {
		file, err := os.Open(from)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		r, name = file, filepath.Base(from)
	}
	data, err := io.ReadAll(io.LimitReader(r, mostRead+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > mostRead {
		return nil, fmt.Errorf("%s is larger than %d MiB; export the list of vendors alone", name, mostRead>>20)
	}
	listed, err := vendorlist.Read(name, data)
	return append(all, listed...), err
}

// create writes a file that is not there yet; it never writes over one.
func create(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and was left as it is; vendorwatch vendors add NAME… --write adds to "+
			"it, and --config names another file", path)
	}
	if err != nil {
		return fmt.Errorf("config file: %w; let this user write to its folder, or name another file with --config", err)
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("config file: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// command is how a command is typed that uses the config file.
func (s Shell) command(rest string) string {
	if path := s.ConfigPath(); path != "config.toml" {
		return fmt.Sprintf("vendorwatch --config %s %s", quoted(path), rest)
	}
	return "vendorwatch " + rest
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if strings.ContainsAny(path, " \t'\"$&;()*?[]|<>\\`!#~") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
