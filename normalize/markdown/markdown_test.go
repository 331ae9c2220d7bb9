package markdown

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestConvert(t *testing.T) {
	tests := []struct{ name, format, body, want string }{
		{"Markdown stays", "markdown", "# Head\n\nSome **bold**\r\n* one\n* two",
			"# Head\n\nSome **bold**\n* one\n* two"},
		{"tags in Markdown", "markdown", "First.<br /><br />Second with **bold**\nand a line",
			"First.\n\nSecond with **bold**\nand a line"},
		{"escapes that mean nothing go", "markdown", `**Timeline \(Eastern\)** and **\[DONE\]** it\.`,
			"**Timeline (Eastern)** and **[DONE]** it."},
		{"an escape that prevents a list stays", "markdown", `2\. is a number`, `2\. is a number`},
		{"an escape that prevents a link stays", "markdown", `\[a\](b)`, `\[a\](b)`},
		{"code keeps its backslashes", "markdown", "```\n\\(x\\)\n```", "```\n\\(x\\)\n```"},
		{"HTML paragraphs, bold, links, lists", HTML,
			`<p>See <a href="https://x.example/a">the note</a>, <strong>please</strong>.</p><ul><li>one</li><li>` +
				`two</li></ul>`, "See [the note](https://x.example/a), **please**.\n\n* one\n* two"},
		{"a link to itself is its address", HTML,
			`Mail <a href="mailto:help@x.example">help@x.example</a> or <a ` +
				`href="https://x.example">https://x.example</a>`, "Mail help@x.example or https://x.example"},
		{"Statuspage's dates are no code", HTML,
			`until <var data-var='time'>14:07</var> <small>UTC</small><img src="x.png">`, "until 14:07 UTC"},
		{"breaks are line ends", HTML, "one<br>two<br /><br />three", "one\ntwo\n\nthree"},
		{"scripts are not words", HTML, "a<script>alert(1)</script>b", "ab"},
		{"text keeps its lines", Text, "One.\n\n  • first\n  • second", "One.\n\n  * first\n  * second"},
		{
			"text on one line gets headings, times and lists back", Text,
			`# **Summary** All went dark for 12 minutes. # **Timeline \(Eastern\)** **1:27 pm** – Pushed. **1:53 ` +
				`pm** – Reverted. # **Lessons** Three of them: * **\[OPEN\]** Test more. * **\[DONE\]** Alert sooner.`,
			"# **Summary**\n\nAll went dark for 12 minutes.\n\n# **Timeline (Eastern)**\n\n**1:27 pm** – " +
				"Pushed.\n\n**1:53 pm** – Reverted.\n\n# **Lessons**\n\nThree of them:\n* **[OPEN]** Test more.\n* " +
				"**[DONE]** Alert sooner.",
		},
		{"Windows and old Mac line ends", Text, "One.\r\n\r\n\r\n\r\nTwo.\rThree. \t\nFour.",
			"One.\n\nTwo.\nThree.\nFour."},
		{"angles that are no tags", HTML, "a &lt; b &gt; c &lt;- d <b>bold</b> &amp;", "a < b > c <- d **bold** &"},
		{"an address with its slash", HTML, `<a href="https://x.example/">https://x.example</a>`, "https://x.example"},
		{"a list that is numbered", HTML, "<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"},
		{"a table", HTML, "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
			"| a | b |\n|---|---|\n| 1 | 2 |"},
		{"a quotation keeps its sign", HTML, "<blockquote>so it is</blockquote>", "> so it is"},
		{"styles and frames are no words", HTML, `<style>p{}</style><iframe src="x"></iframe><p>a</p>`, "a"},
		{"no tag, no HTML", "markdown", "a < b and <X-Trace> stays\non two lines",
			"a < b and <X-Trace> stays\non two lines"},
		{"a link in brackets stays escaped", "markdown", `\[a\]: b and \[c\] d`, `\[a\]: b and [c] d`},
		{"a heading without its words", Text, "# Impact ## Some. # Lessons Learned Many.",
			"# Impact\n\n## Some.\n\n# Lessons Learned\n\nMany."},
		{"several lines are left as they are", Text, "# Impact Some.\n# Lessons Many.",
			"# Impact Some.\n# Lessons Many."},
		{"nothing", HTML, " ", ""},
		{"a number sign is no heading", Text, "We are # 1 in uptime", "We are # 1 in uptime"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Convert(tt.body, tt.format)); diff != "" {
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
		{"quotes", "They say:\n> Logins fail.\n>Mails wait.\n2 > 1", "They say: Logins fail. Mails wait. 2 > 1"},
		{"rules", "one\n\n---\n\n* * *\n\ntwo", "one two"},
		{"escapes", `\[PROD 1 \& 2\] 5 \* 2`, `[PROD 1 \& 2] 5 * 2`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Plain(tt.markdown); got != tt.want {
				t.Errorf("Plain(%q) = %q, want %q", tt.markdown, got, tt.want)
			}
		})
	}
}

// Cleaning what is clean changes nothing: Markdown of every format stays as it is when it is read as Markdown, and the
// words of a text are those of its words.
func TestMarkdownOfMarkdownIsTheSame(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"One.", "two words", "**bold**", "_it_", "[a note](https://x.example/a)", "https://x.example", "* item", "\n",
		"\n\n", "\r\n", " ",
		`\(`, `\[x\]`, "<br>", "<p>para</p>", "<b>b</b>", "12:08", "# Head", "a\u00a0b", "it’s", "snake_case", "• dot",
	})
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(piece, 0, 10).Draw(t, "pieces"), "")
		format := rapid.SampledFrom([]string{"markdown", HTML, Text}).Draw(t, "format")
		if format == Text {
			body = strings.NewReplacer("<", "(", ">", ")").Replace(body) // in a text, tags are characters
		}
		once := Convert(body, format)
		if twice := Convert(once, "markdown"); twice != once {
			t.Fatalf("%q as %s is %q, and that is %q", body, format, once, twice)
		}
		if strings.Contains(once, "\n\n\n") || strings.Contains(once, " \n") || strings.ContainsAny(once, "\r\u00a0") ||
			strings.TrimSpace(once) != once {
			t.Fatalf("%q as %s is %q", body, format, once)
		}
		if plain := Plain(once); strings.ContainsAny(plain, "\n\t") || strings.Contains(plain, "  ") ||
			strings.Contains(plain, "**") {
			t.Fatalf("the words of %q are %q", once, plain)
		}
	})
}

// TestMarksAreWhereTheirCharactersAre holds that a text which lacks the characters of a mark has none of it.
func TestMarksAreWhereTheirCharactersAre(t *testing.T) {
	signs := "<>[]()*_-+#~`\\!.1a/h \n\t"
	for _, m := range marks {
		others := strings.Map(func(r rune) rune {
			if strings.ContainsRune(m.needs, r) {
				return -1
			}
			return r
		}, signs) + "br"
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringOfN(rapid.SampledFrom([]rune(others)), 0, 40, -1).Draw(t, "text")
			if m.form.MatchString(text) {
				t.Fatalf("%s is in %q, which has none of %q", m.form, text, m.needs)
			}
		})
	}
}

// TestOneLine holds that runs of white space become one space.
func TestOneLine(t *testing.T) {
	runs := regexp.MustCompile(`\s+`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("aé \n\t\r\f\v\u00a0")), 0, 20, -1).Draw(t, "text")
		if got, want := oneLine(text), strings.TrimSpace(runs.ReplaceAllString(text, " ")); got != want {
			t.Fatalf("oneLine(%q) is %q, want %q", text, got, want)
		}
	})
}
