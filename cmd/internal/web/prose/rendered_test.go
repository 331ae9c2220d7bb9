package prose

import (
	"html/template"
	"strconv"
	"strings"
	"testing"
)

// What is kept is what would be rendered, for each base, and no more than twice mostRendered.
func TestRendered(t *testing.T) {
	for range 2 {
		for _, base := range []string{"https://a.example/x", "https://b.example/y", ""} {
			got := Markdown("[more](/news)", base)
			if want := render("[more](/news)", base); got != want {
				t.Errorf("below %q: %q, want %q", base, got, want)
			}
		}
	}
	var r rendered
	text := template.HTML(strings.Repeat("x", 10_000))
	for n := range 2000 {
		r.put([2]string{strconv.Itoa(n)}, text)
		if _, ok := r.get([2]string{"0"}); !ok { // asked for again and again, it stays
			t.Fatalf("the first text is gone after %d others", n)
		}
	}
	if _, ok := r.get([2]string{"1"}); ok {
		t.Error("a text that nobody asked for is still there")
	}
	if size := (len(r.newer) + len(r.older)) * len(text); size > 2*mostRendered+20_000 {
		t.Errorf("%d bytes are kept", size)
	}
}
