package cli

import (
	"fmt"
	"io"
	"log/slog"

	"vendorwatch/cmd/internal/terminal"
)

// screen is standard output, for people.
func (a *app) screen() terminal.Screen { return terminal.NewScreen(a.rawOut, a.color) }

// bar shows on standard error how far a pass has come. With --verbose the log does.
func (a *app) bar(what string, total int) *terminal.Bar {
	if a.verbose {
		return terminal.NewBar(io.Discard, what, total)
	}
	return terminal.NewBar(a.logTo, what, total)
}

// table begins a table on standard output.
func (a *app) table(columns ...terminal.Column) *terminal.Table { return a.screen().Table(columns...) }

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// quietLog is for commands that print their outcome in another way.
func (a *app) quietLog() *slog.Logger {
	if a.verbose {
		return a.log()
	}
	return slog.New(slog.DiscardHandler)
}

// next says in a line what to do next, to a person: the log of a job that runs each night needs no such line.
func (a *app) next(text string) {
	if a.terminal && !a.asJSON {
		fmt.Fprintln(a.stderr, "next: "+text)
	}
}
