package scraper

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
)

// maxConnections is how many connections are open before those that wait for another request are closed. Fewer are
// kept, for as long as the transport keeps them, so that a page that is polled every minute costs one handshake. To
// keep one for each of thousands of pages would cost about 100 KB each over HTTP/2, whose idle connections
// http.Transport does not count.
const maxConnections = 500

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// connections counts the open connections of some transports.
type connections struct {
	most      int64 // so many may be open before idle ones are closed
	open      atomic.Int64
	closing   atomic.Bool
	closeIdle []func() // one for each transport
}

// counted returns dial with its connections counted.
func (c *connections) counted(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if c.open.Add(1) > c.most && c.closing.CompareAndSwap(false, true) {
			// Not here: the transport that dials may hold what closing needs.
			go func() {
				defer c.closing.Store(false)
				for _, f := range c.closeIdle {
					f()
				}
			}()
		}
		return &countedConn{Conn: conn, of: c}, nil
	}
}

type countedConn struct {
	net.Conn
	of     *connections
	closed sync.Once
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	c.closed.Do(func() { c.of.open.Add(-1) })
	return c.Conn.Close()
}
