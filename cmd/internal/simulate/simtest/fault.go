// Package simtest is what tests and benchmarks need of simulated vendors beyond what the program serves: pages that
// fail in every way, and a fleet of a thousand.
package simtest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/simulate"
)

// The faults of servers and networks. Those of pages are simulate's.
const (
	FaultServerError simulate.FaultKind = "server_error" // 500
	FaultRateLimit   simulate.FaultKind = "rate_limit"   // 429 with a Retry-After of RetryAfter
	FaultEmpty       simulate.FaultKind = "empty"        // 200 and no body
	FaultHang        simulate.FaultKind = "hang"         // no answer until the client gives up
	FaultTruncated   simulate.FaultKind = "truncated"    // the connection is cut in the middle of the body
)

// RetryAfter is what a server with FaultRateLimit asks for.
const RetryAfter = time.Second

// Broken returns a vendor's site that has a fault at every request.
func Broken(v simulate.Vendor, clock func() time.Time, kind simulate.FaultKind) http.Handler {
	site := simulate.NewSite(v, clock)
	switch kind {
	case FaultServerError:
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "We're sorry, but something went wrong.", http.StatusInternalServerError)
		})
	case FaultRateLimit:
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", strconv.Itoa(int(RetryAfter/time.Second)))
			http.Error(w, "Too many requests.", http.StatusTooManyRequests)
		})
	case FaultEmpty:
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusOK)
		})
	case FaultHang:
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		})
	case FaultTruncated:
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { truncate(w, r, site) })
	}
	v.Faults = append([]simulate.Fault{{Kind: kind}}, v.Faults...)
	return simulate.NewSite(v, clock)
}

// truncate promises the whole body, sends half of it and cuts the connection.
func truncate(w http.ResponseWriter, r *http.Request, site http.Handler) {
	whole := httptest.NewRecorder()
	site.ServeHTTP(whole, r)
	body := whole.Body.Bytes()
	w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body[:len(body)/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}
