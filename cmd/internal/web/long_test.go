package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web/site"
)

// A document that is made while it is sent arrives whole, or is seen to be broken off, compressed or not.
func TestLongAnswers(t *testing.T) {
	s := &Server{site: &site.Site{Log: slog.New(slog.DiscardHandler)}, compress: newCompressor()}
	row := strings.Repeat("1,2\n", 1000)
	for name, c := range map[string]struct {
		fails bool
		plain bool
	}{
		"whole":                   {false, false},
		"whole, uncompressed":     {false, true},
		"cut short":               {true, false},
		"cut short, uncompressed": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s.send(w, r, site.Document{Media: "text/csv", Body: []byte("a,b\n"),
					More: func(_ context.Context, w io.Writer) error {
						for range 3 {
							if _, err := io.WriteString(w, row); err != nil {
								return err
							}
						}
						if c.fails {
							return errors.New("the file is gone")
						}
						return nil
					}})
			}))
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{DisableCompression: c.plain}}
			res, err := client.Get(server.URL)
			if err != nil {
				if !c.fails { // one that fails before its first part is sent has no headers either
					t.Error(err)
				}
				return
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if (err != nil) != c.fails {
				t.Errorf("%d bytes, %v", len(body), err)
			}
			if want := "a,b\n" + strings.Repeat(row, 3); !c.fails && string(body) != want {
				t.Errorf("%d bytes, want %d", len(body), len(want))
			}
			if res.Header.Get("ETag") != "" || res.Header.Get("Cache-Control") != "private, no-store" {
				t.Errorf("headers %v", res.Header)
			}
		})
	}
}
