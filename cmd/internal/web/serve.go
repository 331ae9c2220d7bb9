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
	return serveUntil(ctx, l, s.site.Log, s.Handler(), func() { close(s.stopped) })
}

// ServeUnavailable answers on the listener until ctx ends that nothing is known, since there is no file to read.
func ServeUnavailable(ctx context.Context, l net.Listener, log *slog.Logger, why error) error {
	return serveUntil(ctx, l, log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.URL.Path == "/healthz" {
			fmt.Fprintln(w, "ok")
			return
		}
		log.Debug("dashboard: there is no file to answer from", "path", r.URL.Path, "error", why)
		http.Error(w, "The database file was removed or replaced, and nothing is read until there is one. "+
			"The log says more.", http.StatusServiceUnavailable)
	}), func() {})
}

// serveUntil answers until ctx ends; stopping is called when it does.
func serveUntil(ctx context.Context, l net.Listener, log *slog.Logger, handler http.Handler, stopping func()) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second, // streams set their own
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(stopping)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("dashboard: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return server.Close()
	}
	return nil
}
