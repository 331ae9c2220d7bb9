package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// copyTime is how the names of copies say when they were made, to the millisecond: a program that is killed while it
// makes one may start again in the same second.
const copyTime = "20060102T150405.000Z"

// partial ends the name of a copy that is not complete.
const partial = ".part"

// copiesKept is how many copies of one kind are kept, and partAfter how long a copy that is being made may lie
// untouched before it counts as left by a program that was killed.
const (
	copiesKept = 3
	partAfter  = time.Minute
)

// beforeCopies is a pattern of the copies that were made of a file before its migrations.
func beforeCopies(path string) string { return globbed(path) + ".before-v*" }

// prune deletes all but the newest copies that match a pattern, and what interrupted tries left of others.
func prune(pattern string) error {
	found, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	made := map[string]time.Time{}
	var whole []string
	for _, name := range found {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, os.ErrNotExist): // another program has just deleted it
		case err != nil:
			return err
		case !strings.HasSuffix(name, partial):
			made[name] = info.ModTime()
			whole = append(whole, name)
		case time.Since(info.ModTime()) > partAfter:
			if err := removeIfThere(name); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(whole, func(a, b string) int { return made[b].Compare(made[a]) })
	for _, name := range whole[min(len(whole), copiesKept):] {
		if err := removeIfThere(name); err != nil {
			return err
		}
	}
	return nil
}

// vacuumInto writes a whole, compact copy, also while others write. It refuses a path that exists, and
// what is at the path afterwards is complete and on the disk: until then it has another name.
func vacuumInto(ctx context.Context, conn *sql.DB, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s: %w", to, os.ErrExist)
	}
	part := to + partial
	if err := removeIfThere(part); err != nil {
		return err
	}
	if err := createPrivate(part); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		return errors.Join(err, removeIfThere(part))
	}
	err := leaveRoomIn(ctx, part)
	if err == nil {
		err = syncFile(part)
	}
	if err != nil {
		return errors.Join(err, removeIfThere(part))
	}
	return os.Rename(part, to)
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
