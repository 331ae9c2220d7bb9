// Package webhook is the channel that posts messages as signed JSON, see docs/webhook.md.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
)

// Channel posts messages as JSON.
type Channel struct {
	poster *channel.Poster
	key    func() string // of the signature; a function, since printers, loggers and encoders do not look into one
	header func() http.Header
	now    func() time.Time
	form   *form // of the body; nil for that of docs/webhook.md
}

// New makes the channel. The address, the key of the signature and the values of the headers are secrets, and never
// show. An empty key means no signature, a nil client one with a time limit of 15 seconds.
func New(name, address, key string, headers map[string]string, client *http.Client) (*Channel, error) {
	p, err := channel.NewPoster(name, address, client, "webhook's address", "https://ops.example.com/hooks/vendors")
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	for name, value := range headers {
		header.Set(name, value)
	}
	p.Secrets = func() []string {
		secrets := []string{key}
		for _, value := range headers {
			secrets = append(secrets, value)
		}
		return secrets
	}
	return &Channel{poster: p, key: func() string { return key }, header: func() http.Header { return header },
		now: time.Now}, nil
}

// Name returns the channel's name.
func (w *Channel) Name() string { return w.poster.Channel }

// leftOut is the receipt of a message for which the channel's form gives nothing.
const leftOut = "the body's template gives nothing: not passed on"

// Send posts the message. X-Vendorwatch-Delivery is its id, the same at each attempt; X-Vendorwatch-Signature is Sign.
// Every error is a *channel.SendError unless ctx ended.
func (w *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	body, err := w.form.of(m)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Channel: w.Name(), Reason: "encode the message: " + err.Error(),
			Refused: true}
	}
	if body == nil {
		return channel.Sent{Receipt: leftOut}, nil
	}
	header := w.header().Clone()
	stamp := strconv.FormatInt(w.now().Unix(), 10)
	header.Set("User-Agent", "vendorwatch")
	header.Set("X-Vendorwatch-Delivery", m.ID)
	header.Set("X-Vendorwatch-Reason", string(m.Reason))
	header.Set("X-Vendorwatch-Timestamp", stamp)
	if key := w.key(); key != "" {
		header.Set("X-Vendorwatch-Signature", Sign(key, stamp, body))
	}
	standardHeaders(header, w.key(), m.ID, stamp, body)
	a, err := w.poster.Post(ctx, body, header)
	if err != nil {
		return channel.Sent{}, err
	}
	return w.poster.Judge(a)
}

// Sign returns the signature of a body that was sent at the time stamp, in Unix seconds: "sha256=" and the hexadecimal
// HMAC of the stamp, a full stop and the body.
func Sign(key, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
