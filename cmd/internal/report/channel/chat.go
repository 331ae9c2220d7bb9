package channel

import (
	"strings"

	"vendorwatch/cmd/internal/report/message"
)

// ChatText is a message as plain text of at most limit runes, which ends at a line where it is cut.
func ChatText(m message.Message, limit int) string {
	text := Defang(message.Text(m, 4000))
	runes := []rune(text)
	if len(runes) <= limit {
		return strings.TrimRight(text, "\n")
	}
	const mark = "\n" + message.MoreOnPage
	kept := string(runes[:limit-len([]rune(mark))])
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
