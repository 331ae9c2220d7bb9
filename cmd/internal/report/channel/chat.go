package channel

import (
	"strings"
	"unicode/utf8"

	"vendorwatch/cmd/internal/report/message"
)

// ChatText is a message as plain text of at most limit runes, which ends at a line where it is cut.
func ChatText(m message.Message, limit int) string {
	return cutAtLine(plain(m), limit, "\n"+message.MoreOnPage)
}

// ChatTexts is a message as plain texts of at most limit runes each. A digest takes as many as it needs, and each ends
// at a line; any other message is one text, cut to the limit.
func ChatTexts(m message.Message, limit int) []string {
	if m.Digest == nil {
		return []string{ChatText(m, limit)}
	}
	var out []string
	text := plain(m)
	for utf8.RuneCountInString(text) > limit {
		one := cutAtLine(text, limit, "")
		out, text = append(out, one), strings.TrimLeft(text[len(one):], "\n")
	}
	return append(out, text)
}

func plain(m message.Message) string { return strings.TrimRight(Defang(message.Text(m, 4000)), "\n") }

// cutAtLine is the beginning of a text in at most limit runes, with a mark if anything follows. It ends at a line where
// that can be.
func cutAtLine(text string, limit int, mark string) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	kept := string(runes[:limit-utf8.RuneCountInString(mark)])
	if at := strings.LastIndexByte(kept, '\n'); at > len(kept)/2 {
		kept = kept[:at]
	}
	return strings.TrimRight(kept, "\n") + mark
}

// Defang disarms what a chat program would act on: mentions of everyone, tags, and links that hide where they lead.
// A zero-width space keeps them readable.
func Defang(text string) string { return defangs.Replace(text) }

var defangs = strings.NewReplacer(
	"@everyone", "@\u200beveryone", "@here", "@\u200bhere", "@channel", "@\u200bchannel", "@all", "@\u200ball",
	"@room", "@\u200broom", "<@", "<\u200b@", "<!", "<\u200b!", "<#", "<\u200b#", "<at>", "<\u200bat>",
	"<users/", "<\u200busers/", "](", "]\u200b(")
