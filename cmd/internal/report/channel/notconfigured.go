package channel

import (
	"context"
	"fmt"

	"vendorwatch/cmd/internal/report/message"
)

// NotConfigured is a Channel whose secret is not set. It takes nothing, so that its messages wait until the secret is
// set, and it is the error that says so.
type NotConfigured struct {
	Channel string
	Missing string // the environment variable or the file that holds no secret
}

// Name returns the channel's name.
func (n *NotConfigured) Name() string { return n.Channel }

// Send returns n.
func (n *NotConfigured) Send(context.Context, message.Message) (Sent, error) { return Sent{}, n }

// Why says why messages wait.
func (n *NotConfigured) Why() string {
	return fmt.Sprintf("not configured: %s is not set; the message waits until it is", n.Missing)
}

func (n *NotConfigured) Error() string { return fmt.Sprintf("channel %q: %s", n.Channel, n.Why()) }
