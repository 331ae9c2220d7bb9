package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/watch"
)

// pick returns the sources of the vendors named on the command line, all if none is.
func pick(s *service.Service, names []string) ([]watch.Source, error) {
	sources, err := s.Pick(names)
	return sources, asUsage(err)
}

// asUsage makes a name that the config file does not have a mistake in the command line.
func asUsage(err error) error {
	if errors.Is(err, service.ErrUnknown) {
		return &flags.Mistake{Err: err}
	}
	return err
}

// each calls fn for all sources concurrently, and returns the errors in the order of the sources.
func each(sources []watch.Source, fn func(watch.Source) error) []error {
	errs := make([]error, len(sources))
	var wg sync.WaitGroup
	for n, s := range sources {
		wg.Go(func() { errs[n] = fn(s) })
	}
	wg.Wait()
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// tell prints errors, one a line, and returns errTold if there are any.
func (a *app) tell(errs []error) error {
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) { // a stop, which Run reports once
			fmt.Fprintf(a.stderr, "vendorwatch: %v\n", err)
		}
	}
	if len(errs) > 0 {
		return errTold
	}
	return nil
}
