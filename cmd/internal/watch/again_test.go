package watch

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/scraper"
)

// When every page fails for one reason, the log has a line for the first of them, and one line with a count a minute.
func TestWarningsOfOneCauseAreOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
			if strings.Contains(r.URL, "//status1.") {
				return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 503}
			}
			return scraper.Page{}, fmt.Errorf("fetch %s: connect: %w", r.URL, errUnreachable)
		})
		var log bytes.Buffer
		w.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.Schedule = cron.Every(time.Minute)
		const all, minutes = 60, 5
		var sources []Source
		for n := range all {
			one := s
			one.URL = fmt.Sprintf("https://status%d.acme.example", n)
			id, err := w.Record.EnsureSource(t.Context(), vendorOf(t, w), one.URL, "statuspage")
			if err != nil {
				t.Fatal(err)
			}
			one.ID = id
			sources = append(sources, one)
		}
		runFor(t, w, minutes*time.Minute-time.Second, sources...)
		text := log.String()
		lines, counts := strings.Count(text, "\n"), strings.Count(text, "others=")
		if most := (minutes + 1) * (saidEach + 2); lines > most {
			t.Errorf("%d lines in %d minutes, want %d at the most", lines, minutes, most)
		}
		if counts < minutes-1 || counts > minutes+1 {
			t.Errorf("%d lines with a count\n%s", counts, text)
		}
		if n := strings.Count(text, "503"); n < minutes-1 {
			t.Errorf("the page with another trouble is named %d times", n)
		}
		if !strings.Contains(text, `cause="no route to host"`) {
			t.Errorf("no line says the cause\n%s", text)
		}
	})
}

var errUnreachable = syscallError("no route to host")

type syscallError string

func (e syscallError) Error() string { return string(e) }
