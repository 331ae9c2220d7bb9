package report

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/words"
)

// Envelope is a message as programs are sent it: by a webhook, and a line each in a JSON-lines file. See
// docs/webhook.md.
type Envelope struct {
	Version int    `json:"version"` // of this form; fields may be added to it, none changes its meaning
	Subject string `json:"subject"` // the message in one line
	Text    string `json:"text"`    // the message for people
	Message
}

// NewEnvelope makes a message ready for programs.
func NewEnvelope(m Message) Envelope {
	if m.Items == nil {
		m.Items = []AlertItem{}
	}
	if m.EventIDs == nil {
		m.EventIDs = []int64{}
	}
	for n := range m.Items {
		if m.Items[n].AlsoAffected == nil {
			m.Items[n].AlsoAffected = []string{}
		}
	}
	return Envelope{Version: 1, Subject: m.Subject(), Text: MessageText(m, 0), Message: m}
}

// Webhook is a Channel that posts messages as JSON to an address of one's own.
type Webhook struct {
	poster *poster
	key    func() string // of the signature; empty for none
	header http.Header
	now    func() time.Time
}

// NewWebhook makes the channel. The address, the key of the signature and the headers' values are secrets,
// and are never shown. A nil client means one with a time limit of 15 seconds.
func NewWebhook(name, address, key string, headers map[string]string, client *http.Client) (*Webhook, error) {
	p, err := newPoster(name, address, client, "webhook's address", "https://ops.example.com/hooks/vendors")
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	for name, value := range headers {
		header.Set(name, value)
	}
	p.secrets = func() []string {
		secrets := []string{key}
		for _, value := range headers {
			secrets = append(secrets, value)
		}
		return secrets
	}
	return &Webhook{poster: p, key: func() string { return key }, header: header, now: time.Now}, nil
}

// Name returns the channel's name.
func (w *Webhook) Name() string { return w.poster.channel }

// String keeps the headers from being printed.
func (w *Webhook) String() string { return fmt.Sprintf("webhook channel %q", w.Name()) }

// GoString keeps the headers from being printed.
func (w *Webhook) GoString() string { return w.String() }

// Send posts the message. X-Vendorwatch-Delivery is its id, the same at each try; X-Vendorwatch-Signature is
// "sha256=" and the HMAC of the timestamp, a full stop and the body, in hexadecimal. Every error but
// the end of ctx is a *SendError.
func (w *Webhook) Send(ctx context.Context, m Message) (Sent, error) {
	body, err := json.Marshal(NewEnvelope(m))
	if err != nil {
		return Sent{}, &SendError{Channel: w.Name(), Reason: "encode the message: " + err.Error(), Refused: true}
	}
	header := w.header.Clone()
	stamp := strconv.FormatInt(w.now().Unix(), 10)
	header.Set("User-Agent", "vendorwatch")
	header.Set("X-Vendorwatch-Delivery", m.ID)
	header.Set("X-Vendorwatch-Reason", string(m.Reason))
	header.Set("X-Vendorwatch-Timestamp", stamp)
	if key := w.key(); key != "" {
		header.Set("X-Vendorwatch-Signature", Sign(key, stamp, body))
	}
	a, err := w.poster.post(ctx, body, header)
	if err != nil {
		return Sent{}, err
	}
	return w.judge(a)
}

// Sign returns the signature of a webhook's body that was sent at the time stamp, in Unix seconds.
func Sign(key, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// judge says what an answer means: a success by its status, a time-out, a flood or a fault of the server to be
// tried again, and everything else a refusal.
func (w *Webhook) judge(a reply) (Sent, error) {
	text := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
	if said := words.Short(w.poster.scrub(a.body), reasonLimit); said != "" {
		text += " " + said
	}
	e := &SendError{Channel: w.Name(), Reason: text, RetryAfter: retryAfter(a.header.Get("Retry-After"), w.now())}
	switch {
	case a.status >= 200 && a.status < 300:
		return Sent{Receipt: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))}, nil
	case a.status >= 300 && a.status < 400:
		e.Reason = fmt.Sprintf("%d %s: redirects are not followed; give the channel the address that it leads to", a.status, http.StatusText(a.status))
		e.MaxTries = triesOfContradiction
	case a.status >= 500, a.status == http.StatusRequestTimeout, a.status == http.StatusTooEarly, a.status == http.StatusTooManyRequests:
	default:
		e.Refused = true
	}
	return Sent{}, e
}

// JSONLines is a Channel that appends messages to a file, an Envelope a line.
type JSONLines struct {
	ChannelName string
	Path        string    // made where it is missing, readable by its owner only
	W           io.Writer // where Path is empty
}

// Name returns ChannelName.
func (j *JSONLines) Name() string { return j.ChannelName }

// Send appends the message, and returns when the disk has it.
func (j *JSONLines) Send(_ context.Context, m Message) (Sent, error) {
	line, err := json.Marshal(NewEnvelope(m))
	if err != nil {
		return Sent{}, &SendError{Channel: j.ChannelName, Reason: "encode the message: " + err.Error(), Refused: true}
	}
	line = append(line, '\n')
	if j.Path == "" {
		if _, err := j.W.Write(line); err != nil {
			return Sent{}, fmt.Errorf("channel %q: %w", j.ChannelName, err)
		}
		return Sent{Receipt: "written"}, nil
	}
	f, err := os.OpenFile(j.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return Sent{}, fmt.Errorf("channel %q: %w", j.ChannelName, err)
	}
	_, err = f.Write(line)
	if err == nil && f.Sync() != nil {
		// A pipe or a terminal cannot be synced, and has taken the line all the same.
		err = nil
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return Sent{}, fmt.Errorf("channel %q: %w", j.ChannelName, err)
	}
	return Sent{Receipt: "written"}, nil
}
