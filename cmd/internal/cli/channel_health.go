package cli

import (
	"context"
	"fmt"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

// printChannelHealth prints which channels have messages that wait or were refused.
func (a *app) printChannelHealth(ctx context.Context, file *db.DB) error {
	health, err := query.New(file).ChannelHealth(ctx)
	if err != nil {
		return err
	}
	for _, h := range health {
		if text := service.Trouble(h, terminal.Moment); text != "" {
			fmt.Fprintln(a.stdout, text+"; see vendorwatch deliveries")
		}
	}
	return nil
}
