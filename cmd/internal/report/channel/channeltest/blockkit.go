package channeltest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vendorwatch/normalize/lazyregexp"
)

// CheckMessage returns what Slack would refuse of the JSON of a message, or would not show as it is meant: a field that
// an object does not have, a length beyond the limit, an unescaped character. It knows the blocks that are sent here
// (https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/messaging/formatting-message-text/).
func CheckMessage(body []byte) error {
	_, err := messageTexts(body)
	return err
}

// CheckView is CheckMessage for a form (https://docs.slack.dev/reference/views/modal-views).
func CheckView(body []byte) error {
	c := &blockChecker{ids: map[string]bool{}}
	c.decode(body, func(v object) {
		c.fields(v, "type callback_id private_metadata title submit close blocks",
			"clear_on_close notify_on_close external_id")
		c.oneOf(v, "type", "modal")
		c.length(v, "callback_id", 0, 255)
		c.length(v, "private_metadata", 0, 3000)
		for _, name := range []string{"title", "submit", "close"} {
			c.text(v, name, 24, "plain_text")
		}
		c.blocks(v, 100, "input", "section", "header", "context")
	})
	return c.err
}

// CheckAnswer is CheckMessage for what answers a command or a button, which can do without blocks
// (https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses).
func CheckAnswer(body []byte) error {
	c := &blockChecker{ids: map[string]bool{}}
	c.decode(body, func(m object) {
		c.fields(m, "text", "response_type replace_original delete_original")
		c.length(m, "text", 1, 3000)
		c.mrkdwn(m.string("text"))
	})
	return c.err
}

// messageTexts returns every text of a message in which Slack looks for its own signs.
func messageTexts(body []byte) ([]string, error) {
	c := &blockChecker{ids: map[string]bool{}}
	c.decode(body, func(m object) {
		c.fields(m, "text blocks", "attachments unfurl_links unfurl_media replace_original delete_original")
		c.length(m, "text", 1, 3000)
		c.mrkdwn(m.string("text"))
		c.blocks(m, 50, "header", "section", "context", "actions")
		for _, a := range c.list(m, "attachments", 0, 100) {
			c.fields(a, "blocks", "color fallback")
			if color := a.string("color"); !colorOfSlack.MatchString(color) {
				c.fail("color %q", color)
			}
			c.blocks(a, 50, "section", "context", "actions")
		}
	})
	if n := utf8.RuneCountInString(strings.Join(c.texts, "\n")); n > 11000 {
		c.fail("%d characters in all", n)
	}
	return c.texts, c.err
}

// What may stand between angle brackets: a link, a time, and a call to all who are here.
var (
	slackSign    = lazyregexp.New(`<(?:https?://[^<>| ]+\|[^<>\n]+|!date\^\d+\^[^<>|]+\|[^<>\n]+|!here)>`)
	slackEscape  = lazyregexp.New(`&(amp|lt|gt);`)
	colorOfSlack = lazyregexp.New(`^(#[0-9a-f]{6}|good|warning|danger)$`)
)

type object map[string]any

func (o object) string(name string) string {
	s, _ := o[name].(string)
	return s
}

// blockChecker keeps the first mistake.
type blockChecker struct {
	err   error
	texts []string
	ids   map[string]bool // the ids of blocks
}

func (c *blockChecker) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *blockChecker) decode(body []byte, check func(object)) {
	if !utf8.Valid(body) {
		c.fail("invalid UTF-8")
	}
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		c.fail("no JSON object: %w", err)
		return
	}
	check(o)
}

// fields fails for a field that is missing, null, or not one of the object.
func (c *blockChecker) fields(o object, required, optional string) {
	must := strings.Fields(required)
	for _, name := range must {
		if o[name] == nil {
			c.fail("no %s in the %v object", name, o["type"])
		}
	}
	for name := range o {
		if !slices.Contains(must, name) && !slices.Contains(strings.Fields(optional), name) {
			c.fail("%s is no field of the %v object", name, o["type"])
		}
	}
}

func (c *blockChecker) oneOf(o object, name string, values ...string) {
	if !slices.Contains(values, o.string(name)) {
		c.fail("%s %v is none of %q", name, o[name], values)
	}
}

// length checks a text that may be absent where the shortest is 0.
func (c *blockChecker) length(o object, name string, shortest, longest int) {
	if v, ok := o[name]; !ok && shortest == 0 {
		return
	} else if _, ok := v.(string); !ok {
		c.fail("%s %v is no text", name, v)
	}
	if n := utf8.RuneCountInString(o.string(name)); n < shortest || n > longest {
		c.fail("%s of %d characters, want %d to %d", name, n, shortest, longest)
	}
}

// list returns objects, between the fewest and the most; it may be absent where the fewest are 0.
func (c *blockChecker) list(o object, name string, fewest, most int) []object {
	all, ok := o[name].([]any)
	if !ok && (o[name] != nil || fewest > 0) {
		c.fail("%s %v is no list", name, o[name])
	}
	if len(all) < fewest || len(all) > most {
		c.fail("%d in %s, want %d to %d", len(all), name, fewest, most)
	}
	var out []object
	for _, v := range all {
		one, ok := v.(map[string]any)
		if !ok {
			c.fail("%v in %s is no object", v, name)
		}
		out = append(out, one)
	}
	return out
}

// text checks a text object (https://docs.slack.dev/reference/block-kit/composition-objects/text-object).
func (c *blockChecker) text(o object, name string, longest int, kinds ...string) {
	v, ok := o[name].(map[string]any)
	if !ok {
		c.fail("%s %v is no text object", name, o[name])
	}
	c.textObject(v, longest, kinds...)
}

func (c *blockChecker) textObject(t object, longest int, kinds ...string) {
	c.oneOf(t, "type", kinds...)
	c.length(t, "text", 1, longest)
	if strings.TrimSpace(t.string("text")) == "" {
		c.fail("a text of nothing but spaces")
	}
	if t.string("type") == "plain_text" {
		c.fields(t, "type text", "emoji")
		c.control(t.string("text"))
		return
	}
	c.fields(t, "type text", "verbatim")
	if t["verbatim"] != true {
		c.fail("not verbatim, so that Slack makes links and mentions of the vendor's words: %v", t)
	}
	c.mrkdwn(t.string("text"))
}

// mrkdwn checks a text in which <, > and & are signs.
func (c *blockChecker) mrkdwn(text string) {
	c.control(text)
	c.texts = append(c.texts, text)
	bare := slackSign.ReplaceAllString(text, "")
	if at := strings.IndexAny(bare, "<>"); at >= 0 {
		c.fail("unescaped %q in %q", bare[at], bare[max(0, at-40):min(len(bare), at+40)])
	}
	if rest := slackEscape.ReplaceAllString(bare, ""); strings.Contains(rest, "&") {
		c.fail("unescaped or broken & in %q", rest)
	}
}

// control fails for what moves the cursor, or turns the direction of a text.
func (c *blockChecker) control(text string) {
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			c.fail("control character %U in %q", r, text)
		}
	}
}

func (c *blockChecker) blocks(o object, most int, kinds ...string) {
	for _, b := range c.list(o, "blocks", 1, most) {
		c.oneOf(b, "type", kinds...)
		c.length(b, "block_id", 0, 255)
		if id := b.string("block_id"); id != "" {
			if c.ids[id] {
				c.fail("two blocks have the id %s", id)
			}
			c.ids[id] = true
		}
		switch b.string("type") {
		case "header":
			c.fields(b, "type text", "block_id")
			c.text(b, "text", 150, "plain_text")
		case "section":
			c.fields(b, "type text", "block_id expand")
			c.text(b, "text", 3000, "plain_text", "mrkdwn")
		case "context":
			c.fields(b, "type elements", "block_id")
			for _, t := range c.list(b, "elements", 1, 10) {
				c.textObject(t, 3000, "plain_text", "mrkdwn")
			}
		case "actions":
			c.fields(b, "type elements", "block_id")
			c.buttons(c.list(b, "elements", 1, 25))
		case "input":
			c.fields(b, "type label element", "block_id optional hint dispatch_action")
			c.text(b, "label", 2000, "plain_text")
			element, _ := b["element"].(map[string]any)
			c.input(element)
		}
	}
}

// buttons checks the elements of an actions block
// (https://docs.slack.dev/reference/block-kit/block-elements/button-element).
func (c *blockChecker) buttons(all []object) {
	seen := map[string]bool{}
	for _, b := range all {
		c.fields(b, "type text action_id", "url value style")
		c.oneOf(b, "type", "button")
		c.text(b, "text", 75, "plain_text")
		c.length(b, "action_id", 1, 255)
		c.length(b, "value", 0, 2000)
		c.length(b, "url", 0, 3000)
		if b["style"] != nil {
			c.oneOf(b, "style", "primary", "danger")
		}
		if address := b.string("url"); address != "" {
			if u, err := url.Parse(address); err != nil || u.Host == "" {
				c.fail("the button's address is %q", address)
			}
		}
		if id := b.string("action_id"); seen[id] {
			c.fail("two buttons have the id %s", id)
		}
		seen[b.string("action_id")] = true
	}
}

// input checks the field of a form
// (https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element).
func (c *blockChecker) input(e object) {
	c.fields(e, "type action_id", "placeholder multiline max_length min_length initial_value")
	c.oneOf(e, "type", "plain_text_input")
	c.length(e, "action_id", 1, 255)
	if e["placeholder"] != nil {
		c.text(e, "placeholder", 150, "plain_text")
	}
	if most, ok := e["max_length"].(float64); e["max_length"] != nil && (!ok || most < 1 || most > 3000) {
		c.fail("max_length %v", e["max_length"])
	}
}
