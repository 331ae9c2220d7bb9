package scraper

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"vendorwatch/normalize/racetest"
)

func zipped(t testing.TB, times int, body []byte) []byte {
	t.Helper()
	for range times {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := z.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		body = out.Bytes()
	}
	return body
}

// ways are how servers name a packed body.
var ways = map[string]struct {
	path   string
	header http.Header
}{
	"gzip":          {"/a", http.Header{"Content-Encoding": {"gzip"}}},
	"x-gzip":        {"/a", http.Header{"Content-Encoding": {"x-gzip"}}},
	"in any case":   {"/a", http.Header{"Content-Encoding": {"GZip"}}},
	"with identity": {"/a", http.Header{"Content-Encoding": {"gzip, identity"}}},
	"twice":         {"/a", http.Header{"Content-Encoding": {"gzip, gzip"}}},
	"as a type":     {"/a", http.Header{"Content-Type": {"application/gzip"}}},
	"by the path":   {"/history.xml.gz", nil},
	"nowhere":       {"/a", nil},
	"as HTML":       {"/a", http.Header{"Content-Type": {"text/html"}}},
}

func answers(t *testing.T, header http.Header, body []byte) string {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		_, _ = w.Write(body)
	})
}

func TestPackedBodiesAreRead(t *testing.T) {
	for name, way := range ways {
		for times := 1; times <= 3; times++ {
			address := answers(t, way.header, zipped(t, times, []byte("zipped"))) + way.path
			got, err := collector(t, nil).Fetch(t.Context(), Request{URL: address})
			if err != nil || string(got.Body) != "zipped" {
				t.Errorf("%s, %d times: body %q, error %v", name, times, got.Body, err)
			}
		}
	}
}

// No packing of a body gets past the limit, or costs much more memory.
func TestTheLimitHoldsForWhatIsUnpacked(t *testing.T) {
	racetest.Skip(t, "unpacks much; TestHostileAnswers has less of it")
	const limit = 1000
	zeros := make([]byte, 24<<20)
	bombs := [][]byte{zipped(t, 1, zeros), zipped(t, 2, zeros), zipped(t, 3, zeros), make([]byte, limit+1)}
	for name, way := range ways {
		for n, bomb := range bombs {
			address := answers(t, way.header, bomb) + way.path
			c := collector(t, func(o *FetchOptions) { o.MaxBytes, o.Retries = limit, 0 })
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, err := c.Fetch(t.Context(), Request{URL: address})
			runtime.ReadMemStats(&after)
			// What claims to be packed and is not may be refused for that.
			if err == nil || strings.Contains(name, "gzip") && n < 3 && !strings.Contains(err.Error(), "limit") {
				t.Errorf("%s, bomb %d: %d bytes, error %v", name, n, len(got.Body), err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
				t.Errorf("%s, bomb %d: %d MB of memory", name, n, used>>20)
			}
		}
	}
}

func TestEncodingsThatWereNotAskedFor(t *testing.T) {
	for _, encoding := range []string{"br", "zstd", "deflate", "gzip, br", "compress"} {
		address := answers(t, http.Header{"Content-Encoding": {encoding}}, []byte("{}"))
		_, err := collector(t, nil).Fetch(t.Context(), Request{URL: address})
		if err == nil || !strings.Contains(err.Error(), "only gzip was asked for") {
			t.Errorf("%s: error %v", encoding, err)
		}
	}
}
