package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations is a folder of files named 00001_words.sql and so on.
type migrations struct{ files fs.FS }

func embeddedMigrations() migrations {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return migrations{sub}
}

// newest returns the highest version among the files.
func (m migrations) newest() int64 {
	var newest int64
	names, _ := fs.Glob(m.files, "*.sql")
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > newest {
			newest = n
		}
	}
	return newest
}

// migrate brings the file to the newest version. An older file is copied first; a newer one, or one
// of another program, is refused.
func (m migrations) migrate(ctx context.Context, conn *sql.DB, file string) error {
	// Two programs may start on one file at the same moment: what one of them does between two migrations of the
	// other fails, and then it finds the work done.
	copied := false
	for try := 0; ; try++ {
		version, err := schemaVersion(ctx, conn)
		switch {
		case err != nil:
			return err
		case version > m.newest():
			return newerError(file, version, m.newest())
		case version == m.newest():
			return nil
		case version > 0 && !copied:
			err = copyBefore(ctx, conn, file, m.newest())
			copied = err == nil
		}
		if err == nil {
			if err = m.up(ctx, conn); err == nil {
				return nil
			}
			err = fmt.Errorf("migrate to version %d: %w", m.newest(), err)
		}
		if try == 3 || ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (m migrations) up(ctx context.Context, conn *sql.DB) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, conn, m.files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// schemaVersion returns the version of the file's schema, 0 for a file without tables. A file with
// tables that are not ours is an error.
func schemaVersion(ctx context.Context, conn *sql.DB) (int64, error) {
	var tables, versioned int
	err := conn.QueryRowContext(ctx,
		`SELECT count(*), coalesce(sum(name = 'goose_db_version'), 0) FROM sqlite_master WHERE type = 'table'
			AND name NOT LIKE 'sqlite_%'`).Scan(&tables, &versioned)
	if err != nil {
		return 0, err
	}
	if tables == 0 {
		return 0, nil
	}
	if versioned == 0 {
		return 0, errors.New("this is the SQLite file of another program and is left alone; name another path")
	}
	var version int64
	err = conn.QueryRowContext(ctx,
		`SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version, err
}

func newerError(file string, version, known int64) error {
	return fmt.Errorf("database %s: it was written by a newer vendorwatch (schema version %d, this program knows "+
		"%d); use that program, or a copy from before its migration (%s.before-v*)", file, version, known, file)
}

// copyBefore keeps the file as it was, so that a migration gone wrong costs nothing.
func copyBefore(ctx context.Context, conn *sql.DB, file string, version int64) error {
	to := fmt.Sprintf("%s.before-v%d-%s", file, version, time.Now().UTC().Format(copyTime))
	if err := vacuumInto(ctx, conn, to); err != nil {
		return fmt.Errorf("copy to %s before migrating: %w; nothing was changed", to, err)
	}
	return nil
}
