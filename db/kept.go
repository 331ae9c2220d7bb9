package db

import (
	"context"
	"errors"
)

// maxKept is how many statements a connection keeps. There are fewer constant queries, so that what is closed are
// those that were put together from what somebody asked for.
const maxKept = 256

// keptStatement is a prepared statement of a connection. Preparing takes SQLite longer than most statements take to
// run, and longest where views are in them, so that a query is prepared once on each connection.
type keptStatement struct {
	sqliteStmt
	inUse bool // its rows are being read
	spare bool // made while the one that is kept was in use
	turn  int  // when it was last asked for
}

// take returns the statement of a query, which has to be given back. Where the schema has changed since, SQLite
// itself prepares it again.
func (c *conn) take(ctx context.Context, query string) (*keptStatement, error) {
	c.turns++
	kept, ok := c.kept[query]
	if ok && !kept.inUse {
		kept.inUse, kept.turn = true, c.turns
		return kept, nil
	}
	got, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &keptStatement{sqliteStmt: got.(sqliteStmt), inUse: true, spare: ok, turn: c.turns}
	if s.spare {
		return s, nil
	}
	c.kept[query] = s
	if len(c.kept) > maxKept {
		err = c.closeOldest()
	}
	return s, err
}

// giveBack lets others have the statement.
func (s *keptStatement) giveBack() error {
	s.inUse = false
	if s.spare {
		return s.Close()
	}
	return nil
}

// closeOldest closes the statement that nobody has asked for the longest.
func (c *conn) closeOldest() error {
	oldest, turn := "", c.turns
	for query, s := range c.kept {
		if !s.inUse && s.turn < turn {
			oldest, turn = query, s.turn
		}
	}
	s, ok := c.kept[oldest]
	if !ok {
		return nil // all are in use
	}
	delete(c.kept, oldest)
	return s.Close()
}

// closeKept closes all statements, as SQLite wants it before a connection is closed.
func (c *conn) closeKept() error {
	var err error
	for _, s := range c.kept {
		err = errors.Join(err, s.Close())
	}
	c.kept = nil
	return err
}
