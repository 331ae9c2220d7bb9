package channeltest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// slackTexts returns every text of a message with Slack's limit for it.
func slackTexts(t interface{ Fatalf(string, ...any) }, m slack.WebhookMessage) (all []string) {
	blocks := m.Blocks.BlockSet
	for _, a := range m.Attachments {
		blocks = append(slices.Clone(blocks), a.Blocks.BlockSet...)
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.HeaderBlock:
			all = append(all, b.Text.Text)
			if n := utf8.RuneCountInString(b.Text.Text); n == 0 || n > 150 {
				t.Fatalf("header of %d characters", n)
			}
		case *slack.SectionBlock:
			all = append(all, b.Text.Text)
			if n := utf8.RuneCountInString(b.Text.Text); n == 0 || n > 3000 {
				t.Fatalf("section of %d characters", n)
			}
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				text := e.(*slack.TextBlockObject).Text
				all = append(all, text)
				if n := utf8.RuneCountInString(text); n == 0 || n > 3000 {
					t.Fatalf("context of %d characters", n)
				}
			}
		case *slack.ActionBlock:
			if n := len(b.Elements.ElementSet); n == 0 || n > 25 {
				t.Fatalf("%d buttons", n)
			}
			for _, e := range b.Elements.ElementSet {
				button := e.(*slack.ButtonBlockElement)
				if n := utf8.RuneCountInString(button.Text.Text); n == 0 || n > 75 || len(button.URL) > 3000 {
					t.Fatalf("button %q, address of %d bytes", button.Text.Text, len(button.URL))
				}
			}
		default:
			t.Fatalf("block %T", b)
		}
	}
	return append(all, m.Text)
}

var (
	slackLink   = regexp.MustCompile(`<(?:https?://[^<>| ]+|!date\^\d+\^[^<>|]+)\|[^<>\n]+>`)
	SlackEscape = regexp.MustCompile(`&(amp|lt|gt);`)
)

// CheckSlack fails unless the message keeps Slack's limits and holds no control sequence but our own links.
func CheckSlack(t interface{ Fatalf(string, ...any) }, m slack.WebhookMessage) string {
	all := slackTexts(t, m)
	joined := strings.Join(all, "\n")
	if n := len(m.Blocks.BlockSet); n > 50 {
		t.Fatalf("%d blocks", n)
	}
	if n := utf8.RuneCountInString(joined); n > 11000 {
		t.Fatalf("%d characters in all", n)
	}
	bare := slackLink.ReplaceAllString(joined, "")
	if at := strings.IndexAny(bare, "<>"); at >= 0 {
		t.Fatalf("unescaped %q in %q", bare[at], bare[max(0, at-40):min(len(bare), at+40)])
	}
	if rest := SlackEscape.ReplaceAllString(bare, ""); strings.Contains(rest, "&") {
		t.Fatalf("unescaped or broken & in %q", rest)
	}
	for _, r := range joined {
		if (unicode.IsControl(r) && r != '\n') || r == '\u202e' {
			t.Fatalf("control character %U", r)
		}
	}
	if !utf8.ValidString(joined) {
		t.Fatalf("invalid UTF-8")
	}
	if _, err := json.Marshal(m); err != nil {
		t.Fatalf("%v", err)
	}
	return joined
}
