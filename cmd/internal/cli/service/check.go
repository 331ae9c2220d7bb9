package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/needed"
)

// CheckConfig reads the config file at path, and says in a few lines what it configures, and which needs of services
// name no component that their vendors are known to have: file is the database, that of the config if it is empty.
// The error is tomlcheck.Mistakes if the file is wrong.
func CheckConfig(ctx context.Context, path, file string) ([]string, error) {
	c, err := config.Load(path, ChannelKinds())
	if err != nil {
		return nil, err
	}
	c.Database = cmp.Or(file, c.Database)
	unnamed, err := unnamedNeeds(ctx, c, time.Now())
	return append(c.Summary(time.Now()), unnamed...), err
}

// unnamedNeeds says which needs name no component that is on record.
func unnamedNeeds(ctx context.Context, c *config.Config, now time.Time) ([]string, error) {
	if _, err := os.Stat(c.Database); errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing was read so far
	}
	file, err := db.OpenReadOnly(ctx, c.Database)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var notes []string
	for _, s := range c.Services {
		for _, n := range s.Need {
			if n.Component == "" {
				continue
			}
			problem, err := unnamedNeed(ctx, query.New(file), n, now)
			if err != nil {
				return nil, err
			}
			if problem != "" {
				notes = append(notes, fmt.Sprintf("service %q needs %q: %s", s.Name, n.Text, problem))
			}
		}
	}
	return notes, nil
}

// unnamedNeed says why a need names no component; empty if it does, or if the vendor has not been read so far.
func unnamedNeed(ctx context.Context, d *query.DB, n config.Need, now time.Time) (string, error) {
	known, err := d.ComponentStatuses(ctx, now, n.Vendor)
	if err != nil {
		return "", err
	}
	var all []normalize.Component
	var labels []string
	lists := false
	for _, c := range known {
		if c.GoneAt != "" {
			continue
		}
		one := normalize.Component{Key: c.SourceKey, Name: c.Name, Group: c.GroupName}
		all, labels = append(all, one), append(labels, c.Name, one.Label())
		lists = lists || c.Shown() != string(normalize.StatusUnknown) || c.VendorStatus != ""
	}
	switch {
	case len(needed.Components(n.Component, all)) > 0 || len(all) == 0:
		return "", nil
	case !lists:
		return "none of the components that its incidents have named so far; its pages list none", nil
	}
	problem := "no component on its pages has that name, so how it does is not known"
	near := words.Similar(n.Component, labels, 1)
	if one := words.Nearest(n.Component, labels); one != "" {
		near = []string{one}
	}
	if len(near) > 0 {
		vendor, _, _ := strings.Cut(n.Text, ":")
		problem += fmt.Sprintf("; write %q", vendor+": "+near[0])
	}
	return problem, nil
}
