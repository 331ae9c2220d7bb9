package simulate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlow(t *testing.T) {
	for _, tt := range []struct{ name, markdown, want string }{
		{"paragraphs", "One.\n\nTwo.", "One.<br /><br />Two."},
		{"bold", "**Now** it works", "<strong>Now</strong> it works"},
		{"a link", "see [our page](https://x.example/a)",
			`see <a target="_blank" href="https://x.example/a">our page</a>`},
		{"an address", "see https://x.example/a.",
			`see <a target="_blank" href="https://x.example/a">https://x.example/a</a>.`},
		{"what looks like a tag", "a <b> & c", "a &lt;b&gt; &amp; c"},
		{"quotation marks stay", `it's "fine"`, `it's "fine"`},
		{"escapes", `**\[DONE\]** at \(noon\)`, "<strong>[DONE]</strong> at (noon)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := flow(tt.markdown); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	got := blocks("# **Summary**\n\nFirst line\nsecond line.\n\n## What next\n\n* **\\[OPEN\\]** One\n* Two\n\nEnd.")
	want := `<h1><strong>Summary</strong></h1>

<p>First line<br>
second line.</p>

<h2>What next</h2>

<ul>
<li><strong>[OPEN]</strong> One</li>
<li>Two</li>
</ul>

<p>End.</p>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
