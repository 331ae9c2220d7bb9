package cli

import (
	"context"
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

// printChannelHealth prints which channels have messages that wait or were refused.
func (a *app) printChannelHealth(ctx context.Context, file *db.DB) error {
	health, err := query.New(file).ChannelHealth(ctx)
	if err != nil {
		return err
	}
	for _, h := range health {
		var parts []string
		if h.Waiting > 0 {
			parts = append(parts, fmt.Sprintf("%s waiting since %s", words.Count(h.Waiting, "message"),
				minute(h.WaitingSinceAt)))
		}
		if h.Refused > 0 {
			parts = append(parts, fmt.Sprintf("%s refused since %s", words.Count(h.Refused, "message"),
				minute(h.RefusedSinceAt)))
		}
		if len(parts) == 0 {
			continue
		}
		text := "channel " + h.Channel + ": " + strings.Join(parts, ", ")
		if h.LastError != "" {
			text += " (" + words.Short(markdown.Plain(h.LastError), 200) + ")"
		}
		fmt.Fprintln(a.stdout, text+"; see vendorwatch deliveries")
	}
	return nil
}
