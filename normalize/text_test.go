package normalize

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	tests := []struct{ name, format, body, want string }{
		{"Markdown stays", FormatMarkdown, "# Head\n\nSome **bold**\r\n* one\n* two", "# Head\n\nSome **bold**\n* one\n* two"},
		{"tags in Markdown", FormatMarkdown, "First.<br /><br />Second with **bold**\nand a line", "First.\n\nSecond with **bold**\nand a line"},
		{"escapes that mean nothing go", FormatMarkdown, `**Timeline \(Eastern\)** and **\[DONE\]** it\.`, "**Timeline (Eastern)** and **[DONE]** it."},
		{"an escape that prevents a list stays", FormatMarkdown, `2\. is a number`, `2\. is a number`},
		{"an escape that prevents a link stays", FormatMarkdown, `\[a\](b)`, `\[a\](b)`},
		{"code keeps its backslashes", FormatMarkdown, "```\n\\(x\\)\n```", "```\n\\(x\\)\n```"},
		{"HTML paragraphs, bold, links, lists", FormatHTML, `<p>See <a href="https://x.example/a">the note</a>, <strong>please</strong>.</p><ul><li>one</li><li>two</li></ul>`, "See [the note](https://x.example/a), **please**.\n\n* one\n* two"},
		{"a link to itself is its address", FormatHTML, `Mail <a href="mailto:help@x.example">help@x.example</a> or <a href="https://x.example">https://x.example</a>`, "Mail help@x.example or https://x.example"},
		{"Statuspage's dates are no code", FormatHTML, `until <var data-var='time'>14:07</var> <small>UTC</small><img src="x.png">`, "until 14:07 UTC"},
		{"breaks are line ends", FormatHTML, "one<br>two<br /><br />three", "one\ntwo\n\nthree"},
		{"scripts are not words", FormatHTML, "a<script>alert(1)</script>b", "ab"},
		{"text keeps its lines", FormatText, "One.\n\n  • first\n  • second", "One.\n\n  * first\n  * second"},
		{
			"text on one line gets headings, times and lists back", FormatText,
			`# **Summary** All went dark for 12 minutes. # **Timeline \(Eastern\)** **1:27 pm** – Pushed. **1:53 pm** – Reverted. # **Lessons** Three of them: * **\[OPEN\]** Test more. * **\[DONE\]** Alert sooner.`,
			"# **Summary**\n\nAll went dark for 12 minutes.\n\n# **Timeline (Eastern)**\n\n**1:27 pm** – Pushed.\n\n**1:53 pm** – Reverted.\n\n# **Lessons**\n\nThree of them:\n* **[OPEN]** Test more.\n* **[DONE]** Alert sooner.",
		},
		{"a number sign is no heading", FormatText, "We are # 1 in uptime", "We are # 1 in uptime"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Markdown(tt.body, tt.format)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	tests := []struct{ name, markdown, want string }{
		{"marks", "# **Summary**\n\n* one _two_ `three`\n1. four", "Summary one two three four"},
		{"links", "see [the note](https://x.example/a) and <https://y.example>", "see the note and https://y.example"},
		{"entities", "a &amp; b &lt;c&gt;", "a & b <c>"},
		{"snake_case_words stay", "the field user_id_x is 2*3*4", "the field user_id_x is 2*3*4"},
		{"tags", "a<br />b", "a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Plain(tt.markdown); got != tt.want {
				t.Errorf("Plain(%q) = %q, want %q", tt.markdown, got, tt.want)
			}
		})
	}
}

func TestSameTextIsBlindToFormOnly(t *testing.T) {
	same := [][2]string{
		{"One.  Two", "One. Two"}, {"a &amp; b", "a & b"}, {"**bold** word", "bold word"}, {"[x](https://y.example)", "x"}, {"it’s", "it's"},
	}
	for _, p := range same {
		if !sameText(p[0], p[1]) {
			t.Errorf("%q and %q say the same", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"12:08", "12:09"}, {"affected", "unaffected"}, {"Fixed", "Fixed?"}} {
		if sameText(p[0], p[1]) {
			t.Errorf("%q and %q do not say the same", p[0], p[1])
		}
	}
}
