package page_test

import (
	"encoding/json"
	"slices"
	"testing"

	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestJSONText(t *testing.T) {
	got := platformtest.MustJSON[[]page.Scalar](t, []byte(`["1005", 1005, 1.50, true, null, "", "a\u00e9"]`))
	if want := []page.Scalar{"1005", "1005", "1.50", "true", "", "", "aé"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, body := range []string{`[[]]`, `[{}]`, `[{"a":1}]`} {
		var v []page.Scalar
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			t.Errorf("%s is read as %q", body, v)
		}
	}
}
