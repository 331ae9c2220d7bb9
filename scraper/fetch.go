package scraper

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gocolly/colly/v2"
	"golang.org/x/time/rate"

	"vendorwatch/scraper/page"
)

// FetchOptions say how a Collector asks for pages. The zero value is ready to use.
type FetchOptions struct {
	UserAgent     string        // sent with every request; should say whom to write to; default DefaultUserAgent
	Timeout       time.Duration // of one request and its answer; default DefaultTimeout
	Delay         time.Duration // shortest time between two requests to one domain (DelayedWith); 0: none
	MaxBytes      int           // largest body; a larger one is an error, and never cut; default DefaultMaxBytes
	Retries       int           // how often a request is repeated after 5xx, 429 and time-outs; 0: never
	Requests      int           // requests under way at one time, to all hosts together; default DefaultRequests
	RespectRobots bool          // read robots.txt of each host first, and obey it

	// PrivateHosts are hosts of the own network: names or IP addresses. Pages are read there though the addresses are
	// not public, and lead from one of them to another. A page at "localhost" or at an IP address that is not public
	// is read without being listed, and leads nowhere else inside. A public page never leads to any of them.
	PrivateHosts []string

	Roots *x509.CertPool // the certificate authorities that are trusted; nil: those of the system
}

// Defaults of FetchOptions.
const (
	DefaultUserAgent = "vendorwatch"
	DefaultTimeout   = 20 * time.Second
	DefaultMaxBytes  = 16 << 20
	DefaultRequests  = 256 // most of them wait for an answer, which costs little
)

// Collector fetches pages with colly.
type Collector struct {
	options FetchOptions
	base    *colly.Collector
	guard   *guard
	places  chan struct{} // one for each request under way

	mu    sync.Mutex
	hosts map[string]*rate.Limiter // by DelayedWith
}

// NewCollector returns a Fetcher with these options. It is safe for concurrent use.
func NewCollector(o FetchOptions) *Collector {
	o.UserAgent = cmp.Or(o.UserAgent, DefaultUserAgent)
	o.Timeout = cmp.Or(max(o.Timeout, 0), DefaultTimeout)
	o.MaxBytes = cmp.Or(max(o.MaxBytes, 0), DefaultMaxBytes)
	o.Requests = cmp.Or(max(o.Requests, 0), DefaultRequests)
	c := colly.NewCollector()
	// Set here, because COLLY_* variables in the environment override options given to colly.NewCollector.
	c.UserAgent = o.UserAgent
	c.IgnoreRobotsTxt = !o.RespectRobots
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.DetectCharset = false
	c.MaxBodySize = o.MaxBytes + 1 // colly truncates without an error; one byte more shows that it did
	c.MaxDepth, c.MaxRequests = 0, 0
	c.CacheDir, c.CheckHead, c.TraceHTTP = "", false, false
	c.AllowedDomains, c.DisallowedDomains = nil, nil
	c.DisableCookies()
	c.SetRequestTimeout(o.Timeout)
	guard := newGuard(o.PrivateHosts, o.Roots)
	c.WithTransport(visitor{guard})
	return &Collector{options: o, base: c, guard: guard, places: make(chan struct{}, o.Requests),
		hosts: map[string]*rate.Limiter{}}
}

// Fetch gets one page. It keeps the delay between two requests to a domain and sends the request's validators. After
// 5xx, 429 and time-outs it retries for as long as ctx allows, and honours Retry-After. What it waits for its turn at a
// domain, or for a free place, takes nothing of the limit of ctx (see WithLimit): a queue is no fault of the server.
// The error names the URL. It is an *HTTPError for an error status, and wraps ErrBlocked for a bot challenge.
func (c *Collector) Fetch(ctx context.Context, r Request) (Page, error) {
	pause := &pauses{BackOff: backoff.NewExponentialBackOff()}
	return backoff.Retry(ctx, func() (Page, error) {
		if err := Pause(ctx, func(ctx context.Context) error { return c.turn(ctx, r.URL) }); err != nil {
			return Page{}, backoff.Permanent(fmt.Errorf("fetch %s: %w", r.URL, err))
		}
		page, err := c.placed(ctx, r)
		pause.after, pause.ctx = 0, ctx
		var h *HTTPError
		if errors.As(err, &h) {
			pause.after = h.RetryAfter
		}
		if err != nil && (!temporary(err) || ctx.Err() != nil) {
			return page, backoff.Permanent(err)
		}
		return page, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(uint(c.options.Retries)+1), backoff.WithMaxElapsedTime(0))
}

// pauses is an exponential back-off that waits at least as long as the server asked for. It gives up at once if the
// pause would end after the deadline.
type pauses struct {
	backoff.BackOff
	after time.Duration
	ctx   context.Context // of the try before
}

func (p *pauses) NextBackOff() time.Duration {
	d := max(p.BackOff.NextBackOff(), p.after)
	if end, ends := deadline(p.ctx); ends && time.Now().Add(d).After(end) {
		return backoff.Stop
	}
	return d
}

// turn waits until the next request to the domain is allowed, and then for a place, which the caller gives back.
func (c *Collector) turn(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	c.mu.Lock()
	with := DelayedWith(u)
	limiter := c.hosts[with]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Every(c.options.Delay), 1)
		c.hosts[with] = limiter
	}
	c.mu.Unlock()
	if err := limiter.Wait(ctx); err != nil {
		return err
	}
	select {
	case c.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// placed makes one request, and gives back the place that turn has taken for it.
func (c *Collector) placed(ctx context.Context, r Request) (Page, error) {
	defer func() { <-c.places }()
	return c.once(ctx, r)
}

func (c *Collector) once(ctx context.Context, r Request) (Page, error) {
	v := &visit{auth: r.Auth, from: r.URL, page: cmp.Or(r.Page, r.URL)}
	if u, err := url.Parse(r.URL); err == nil {
		if err := c.guard.check(u, v.page); err != nil {
			return Page{}, fmt.Errorf("fetch %s: %w", r.URL, err)
		}
	}
	clone := c.base.Clone()
	clone.Context = withVisit(ctx, v)
	clone.OnRequest(func(req *colly.Request) {
		req.Headers.Set("Accept", "application/json, text/html, application/atom+xml, application/rss+xml, "+
			"application/xml;q=0.9, */*;q=0.5")
		if r.ETag != "" {
			req.Headers.Set("If-None-Match", r.ETag)
		}
		if r.LastModified != "" {
			req.Headers.Set("If-Modified-Since", r.LastModified)
		}
	})
	var resp *colly.Response
	clone.OnResponse(func(got *colly.Response) { resp = got })
	if err := clone.Visit(r.URL); err != nil {
		return Page{}, r.Auth.scrubError(fetchError(ctx, r.URL, err))
	}
	if resp == nil {
		return Page{}, fmt.Errorf("fetch %s: no answer", r.URL)
	}
	got := Page{
		URL:          r.Auth.scrub(resp.Request.URL.String()),
		MovedTo:      v.moved,
		Status:       resp.StatusCode,
		ContentType:  v.contentType,
		Body:         resp.Body,
		ETag:         resp.Headers.Get("ETag"),
		LastModified: resp.Headers.Get("Last-Modified"),
		At:           time.Now().UTC(),
	}
	if got.Status == http.StatusNotModified {
		if r.ETag == "" && r.LastModified == "" {
			return Page{}, &HTTPError{URL: r.URL, Status: got.Status}
		}
		got.NotModified = true
		return got, nil
	}
	if len(got.Body) > c.options.MaxBytes {
		return Page{}, fmt.Errorf("fetch %s: the answer is larger than the limit of %d bytes", r.URL,
			c.options.MaxBytes)
	}
	if challenged(resp) {
		return Page{}, fmt.Errorf("fetch %s: %d: %w", r.URL, got.Status, ErrBlocked)
	}
	if got.Status < 200 || got.Status > 299 || got.Status == http.StatusNoContent {
		failed := &HTTPError{
			URL: r.URL, Status: got.Status, RetryAfter: retryAfter(resp.Headers.Get("Retry-After"), time.Now()),
			Login: wantsLogin(resp), Refused: r.Auth.covers(resp.Request.URL),
		}
		if got.Status/100 == 3 && len(v.redirects) > 1 { // colly gives the last answer of those that it followed
			failed.Redirects = v.redirects
		}
		return Page{}, failed
	}
	got, err := page.Decoded(got, c.options.MaxBytes)
	if err != nil {
		return Page{}, fmt.Errorf("fetch %s: %w", r.URL, err)
	}
	got.Body = r.Auth.scrubBytes(got.Body)
	return got, nil
}

// wantsLogin reports whether an answer asks for credentials. A 403 alone does not: servers send it to robots, too.
func wantsLogin(r *colly.Response) bool {
	if r.StatusCode == http.StatusUnauthorized ||
		r.StatusCode == http.StatusForbidden && r.Headers.Get("Www-Authenticate") != "" {
		return true
	}
	return r.StatusCode == http.StatusForbidden && page.IsLogin(r.Body)
}

func fetchError(ctx context.Context, address string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("fetch %s: %w", address, cause)
	}
	var u *url.Error
	if errors.As(err, &u) { // its text repeats the address, or names one that a redirect led to
		err = u.Err
	}
	return fmt.Errorf("fetch %s: %w", address, err)
}

// temporary reports whether a retry may succeed.
func temporary(err error) bool {
	var h *HTTPError
	if errors.As(err, &h) {
		return h.Status >= 500 || h.Status == http.StatusTooManyRequests || h.Status == http.StatusRequestTimeout
	}
	var n net.Error
	return errors.As(err, &n) && n.Timeout() || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET)
}

// longestWait is how long a server may ask to be left alone.
const longestWait = 24 * time.Hour

// retryAfter reads a Retry-After header: seconds or an HTTP date, up to longestWait. It returns 0 if there is none.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(longestWait/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), longestWait)
	}
	return 0
}

// challengeMarks are texts that bot challenges contain and status pages do not.
var challengeMarks = [][]byte{
	[]byte("cf-chl-"), []byte("/cdn-cgi/challenge-platform/"), []byte("<title>Just a moment...</title>"),
	[]byte("<title>Attention Required! | Cloudflare</title>"), []byte("_Incapsula_Resource"),
	[]byte("captcha-delivery.com"), []byte("px-captcha"), []byte("awsWafCookieDomainList"),
}

// challenged reports whether an answer is a bot challenge.
func challenged(r *colly.Response) bool {
	if r.Headers.Get("Cf-Mitigated") == "challenge" || r.Headers.Get("X-Amzn-Waf-Action") != "" {
		return true
	}
	if r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusServiceUnavailable &&
		r.StatusCode != http.StatusTooManyRequests {
		return false
	}
	for _, mark := range challengeMarks {
		if bytes.Contains(r.Body, mark) {
			return true
		}
	}
	return false
}

func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
