// Package shell is what the packages of commands take from the command line.
package shell

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/db"
)

// Shell is where commands write, and what they all do alike.
type Shell struct {
	Stdout, Stderr io.Writer
	Open           func(context.Context) (*db.DB, error) // opens the file to read it
	Table          func(columns ...terminal.Column) *terminal.Table
	Takes          func(low, high int, what string) cobra.PositionalArgs
	JSON           func(v any) error // prints a value
}
