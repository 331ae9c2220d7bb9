package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Listen opens an address such as 127.0.0.1:8080. The error says what to do if another program uses it, or if this
// machine does not have it.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("dashboard: %s is in use by another program; choose another port, for example with "+
			"--listen 127.0.0.1:8081 or with listen under [web] in config.toml, or --listen off for none", address)
	case errors.Is(err, syscall.EACCES):
		return nil,
			fmt.Errorf("dashboard: this user may not listen on %s; choose a port above 1023, for example with "+
				"--listen 127.0.0.1:8080", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("dashboard: this machine does not have the address %s; write 127.0.0.1:8080 for this "+
			"machine only, or 0.0.0.0:8080 for the network", address)
	case err != nil:
		return nil, fmt.Errorf("dashboard: listen on %q: %w; write host:port, such as 127.0.0.1:8080", address, err)
	}
	return l, nil
}

// stopTime is how long answers in progress may still take when the service stops.
const stopTime = 3 * time.Second

// Serve answers on the listener until ctx ends, then lets answers in progress end, and returns. Open streams end at
// once. A Server can serve only once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second, // streams set their own
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.site.Log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(func() { close(s.stopped) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("dashboard: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return server.Close()
	}
	return nil
}
