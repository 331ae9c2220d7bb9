package service

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

// ResendAll sends again what was refused and what a filter chooses, and returns how many messages that are.
func ResendAll(ctx context.Context, l *ledger.Ledger, f ledger.DeliveryFilter) (int, error) {
	f.State = ledger.DeliveryRefused
	refused, err := l.Deliveries(ctx, f)
	if err != nil {
		return 0, err
	}
	for _, d := range refused {
		if err := l.Resend(ctx, d.DeliveryID); err != nil && !errors.Is(err, ledger.ErrNotRefused) {
			return 0, err
		}
	}
	return len(refused), nil
}

// Trouble says what waits for a channel and what it refused, if there is any; minute writes times.
func Trouble(h query.ChannelHealth, minute func(string) string) string {
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
		return ""
	}
	text := "channel " + h.Channel + ": " + strings.Join(parts, ", ")
	if h.LastError != "" {
		text += " (" + words.Short(markdown.Plain(h.LastError), 200) + ")"
	}
	return text
}

// About is what a message is about.
func About(d ledger.Delivery) string {
	switch {
	case d.Title != "":
		return d.Vendor + ": " + d.Title
	case d.Vendor != "":
		return d.Vendor
	case d.AboutChannel != "":
		return "channel " + d.AboutChannel
	case len(d.EventIDs) > 0:
		return words.Count(len(d.EventIDs), "event")
	}
	return ""
}

// Why is the reason for a message's state, if there is one to give; minute writes times.
func Why(d ledger.Delivery, minute func(string) string) string {
	words := d.Note
	switch {
	case d.State == ledger.DeliveryHeld && words == "":
		words = "until " + minute(d.NotBeforeAt)
	case d.LastError != "" && d.State == ledger.DeliveryPending && d.NextAttemptAt != "":
		words = "next attempt " + minute(d.NextAttemptAt) + ": " + d.LastError
	case d.LastError != "" && d.FoldedInto == 0:
		words = d.LastError
	}
	return words
}
