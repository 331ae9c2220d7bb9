// Package slackapp answers people in Slack: the command /vendorwatch and the buttons of messages. It connects to Slack
// by Socket Mode, so that no address of ours has to be public
// (https://docs.slack.dev/apis/events-api/using-socket-mode).
package slackapp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/cenkalti/backoff/v5"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// App is one app in Slack. Set the fields before Run.
type App struct {
	DB           *query.DB
	Ledger       *ledger.Ledger
	DashboardURL string           // address of our dashboard; empty for none
	Zone         *time.Location   // of the readers; nil means UTC
	Now          func() time.Time // the clock
	Log          *slog.Logger
	Client       *http.Client   // for Slack's addresses
	Roots        *x509.CertPool // the certificate authorities that the socket trusts; nil means those of the system
	API          string         // of Slack; empty means its own
	OnAction     func()         // called after somebody muted, acknowledged or noted something
}

// How long the connection is left alone after it failed, growing from one to the other, and how long one answer may
// take.
const (
	shortestPause = 5 * time.Second
	longestPause  = 5 * time.Minute
	answerTime    = 10 * time.Second
)

// Run connects with the token of an app and of its bot, and answers until ctx ends. A connection that is lost is made
// again, with growing pauses while that fails: it holds up nothing else.
func (a *App) Run(ctx context.Context, appToken, botToken string) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = shortestPause, longestPause
	for ctx.Err() == nil {
		began := a.Now()
		err := a.connect(ctx, appToken, botToken)
		if ctx.Err() != nil {
			return
		}
		if a.Now().Sub(began) > longestPause {
			pauses.Reset()
		}
		pause := pauses.NextBackOff()
		a.Log.Error("slack: not connected, nobody is answered there; it is tried again", "in", pause.Round(time.Second),
			"error", secret.Scrub(fmt.Sprint(err), appToken, botToken), "do", advice(err))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// advice says what to do about a connection that Slack refuses.
func advice(err error) string {
	switch {
	case err == nil:
		return ""
	case strings.Contains(err.Error(), "not_allowed_token_type"), strings.Contains(err.Error(), "invalid_auth"):
		return "app_token_env takes the app-level token, xapp-…, with the scope connections:write; see docs/slack.md"
	case strings.Contains(err.Error(), "missing_scope"):
		return "give the app-level token the scope connections:write"
	case strings.Contains(err.Error(), "token_revoked"), strings.Contains(err.Error(), "account_inactive"):
		return "make a new token, or install the app again"
	}
	return ""
}

// connect answers as long as a connection, and those that Slack asks for in its place, can be made.
func (a *App) connect(ctx context.Context, appToken, botToken string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options := []slack.Option{slack.OptionAppLevelToken(appToken)}
	if a.Client != nil {
		options = append(options, slack.OptionHTTPClient(a.Client))
	}
	if a.API != "" {
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(a.API, "/")+"/"))
	}
	// The library's own log shows payloads, and goes nowhere.
	socket := socketmode.New(slack.New(botToken, options...), socketmode.OptionReadLimit(1<<20),
		socketmode.OptionDialer(&websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: answerTime,
			TLSClientConfig: &tls.Config{RootCAs: a.Roots, MinVersion: tls.VersionTLS12}}),
		socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	go func() { ended <- socket.RunContext(ctx) }()
	for {
		select {
		case err := <-ended:
			return err
		case event := <-socket.Events:
			if err := a.take(ctx, socket, event, appToken, botToken); err != nil {
				return err
			}
		}
	}
}

// take answers one event of the connection. Slack wants to be told within three seconds that it arrived; the answer
// follows at the address that came with it.
func (a *App) take(ctx context.Context, socket *socketmode.Client, event socketmode.Event, secrets ...string) error {
	switch event.Type {
	case socketmode.EventTypeConnected:
		a.Log.Info("slack: connected, commands and buttons are answered")
	case socketmode.EventTypeConnectionError:
		if failed, ok := event.Data.(*slack.ConnectionErrorEvent); ok {
			return failed.ErrorObj // Run has pauses of its own
		}
	case socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive:
		if event.Request == nil {
			return nil
		}
		sent, isForm := event.Data.(slack.InteractionCallback)
		isForm = isForm && sent.Type == slack.InteractionTypeViewSubmission
		if !isForm {
			if err := socket.AckCtx(ctx, event.Request.EnvelopeID, nil); err != nil {
				return err
			}
		}
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		var err error
		if isForm {
			err = a.takeNote(ctx, socket, event.Request.EnvelopeID, sent)
		} else {
			err = a.answer(ctx, &socket.Client, event.Data)
		}
		if err != nil {
			a.Log.Error("slack: somebody was not answered", "error", secret.Scrub(err.Error(), secrets...))
		}
	}
	return nil
}

// answer answers a command or a button.
func (a *App) answer(ctx context.Context, api *slack.Client, data any) error {
	switch event := data.(type) {
	case slack.SlashCommand:
		text, err := a.Command(ctx, who(event.UserName, event.UserID), event.Text)
		return a.say(ctx, event.ResponseURL, text, err)
	case slack.InteractionCallback:
		for _, b := range event.ActionCallback.BlockActions {
			if b == nil || !slices.Contains(Buttons, b.ActionID) {
				continue // a link, which the browser opened
			}
			if b.ActionID == blockkit.ButtonNote {
				text, err := a.askNote(ctx, api, event.TriggerID, b.Value, event.ResponseURL)
				if text == "" && err == nil {
					continue // the form is the answer
				}
				if err := a.say(ctx, event.ResponseURL, text, err); err != nil {
					return err
				}
				continue
			}
			text, err := a.button(ctx, who(event.User.Name, event.User.ID), b.ActionID, b.Value)
			if err := a.say(ctx, event.ResponseURL, text, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// who is a person in Slack, by a name for people and by the id, since names change.
func who(name, id string) string {
	if name == "" {
		return id
	}
	return name + " (" + id + ")"
}

// failedText is said where something went wrong with us; the reasons are for the log alone.
const failedText = "That did not work; the log of vendorwatch says why."

// say writes what only whoever asked sees. What went wrong with us is logged, and said without its reasons.
func (a *App) say(ctx context.Context, address, text string, failed error) error {
	if failed != nil {
		text = failedText
	}
	client := a.Client
	if client == nil {
		client = &http.Client{Timeout: answerTime}
	}
	err := slack.PostWebhookCustomHTTPContext(ctx, address, client,
		&slack.WebhookMessage{Text: text, ResponseType: slack.ResponseTypeEphemeral})
	return errors.Join(failed, err)
}
