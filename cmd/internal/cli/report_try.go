package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/trial"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

func (a *app) reportTestCommand() *cobra.Command {
	var event int64
	var send bool
	var toChannel string
	c := &cobra.Command{
		Use:   "test --event ID | --channel NAME",
		Short: "Show which routes an event matches, and why; or try a channel with examples",
		Long: `test prints for every route in the config file whether it matches a recorded event and why, and what
would be sent, held or skipped if the event happened now. Nothing is sent or recorded. With --send,
the channels of the matching routes get a test message about the event's incident, so that you can
see whether it arrives.

Event numbers are in the table events, and in the digest as JSON.

With --channel, that channel gets an example of each kind of message, labelled as one, and test prints
what its receiver answered and what to do about it. Nothing is recorded. What pages people opens an
alert and closes it again.`,
		Args: takes(0, 0, "no arguments, only flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case toChannel != "" && (event != 0 || send):
				return usagef("--channel does not go with --event and --send; write one or the other")
			case toChannel != "":
				return a.reportTestChannel(cmd.Context(), toChannel)
			case event <= 0:
				return usagef("which event? write --event ID, or --channel NAME")
			}
			return a.reportTest(cmd.Context(), event, send)
		},
	}
	c.Flags().Int64Var(&event, "event", 0, "number of the event")
	c.Flags().StringVar(&toChannel, "channel", "", "send examples to this channel")
	c.Flags().BoolVar(&send, "send", false, "send a test message to the channels of the matching routes")
	a.jsonFlag(c)
	return c
}

// reportTestChannel tries a channel with an example of each kind of message.
func (a *app) reportTestChannel(ctx context.Context, name string) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	all, err := service.Channels(c, a.stdout)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(all, func(c channel.Channel) bool { return c.Name() == name })
	if n < 0 {
		return usagef("there is no channel %q in the config file; it has %s", name, cmp.Or(strings.Join(
			service.ChannelNames(all), ", "), "none"))
	}
	var failed []error
	for _, o := range trial.Send(ctx, all[n], service.OnCall(c, name), time.Now().UTC()) {
		if o.Err == nil {
			fmt.Fprintf(a.stderr, "%s: accepted: %s\n", o.Reason, o.Receipt)
			continue
		}
		err := fmt.Errorf("%s: %w", o.Reason, o.Err)
		if o.Help != "" {
			err = fmt.Errorf("%w; %s", err, o.Help)
		}
		failed = append(failed, err)
	}
	return a.tell(failed)
}

func (a *app) reportTest(ctx context.Context, event int64, send bool) error {
	r, err := a.openReporting(ctx, a.stdout)
	if err != nil {
		return err
	}
	defer r.file.Close()
	x, err := r.planner.Explain(ctx, event)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no event %d in %s", event, r.file.Path())
	}
	if err != nil {
		return err
	}
	if a.asJSON {
		err = a.printJSON(x)
	} else {
		a.printExplanation(x, r.config.Zone)
	}
	if err != nil || !send {
		return err
	}
	return a.tell(r.sendTest(ctx, a, x))
}

func (a *app) printExplanation(x alert.Explanation, zone *time.Location) {
	fmt.Fprintf(a.stdout, "event %d: %s\n", x.Event.EventID, message.EventLine(x.Event, zone))
	if x.Silent != "" {
		fmt.Fprintln(a.stdout, "no route is tried: "+x.Silent)
	}
	fmt.Fprintln(a.stdout, "\nRoutes:")
	for _, v := range x.Verdicts {
		word := "not matched"
		switch {
		case v.Matched:
			word = "matched"
		case !v.Tried:
			word = "not tried"
		}
		fmt.Fprintf(a.stdout, "  %-11s  %s: %s\n", word, v.Name, v.Why)
		if v.Matched {
			fmt.Fprintf(a.stdout, "  %-11s  to %s\n", "", strings.Join(v.Route.Channels, ", "))
		}
	}
	if len(x.Verdicts) == 0 {
		fmt.Fprintln(a.stdout, "  none; add [alerts] or a [[route]] to the config file")
	}
	if x.Hint != "" {
		fmt.Fprintln(a.stdout, "  "+x.Hint)
	}
	fmt.Fprintln(a.stdout, "\nIf it happened now:")
	a.printForecasts(x.Messages, x.Calls, "nothing is sent")
	fmt.Fprintln(a.stdout, "\nWhat was planned for it:")
	a.printForecasts(x.Planned, nil, "nothing")
}

func (a *app) printForecasts(messages []alert.Forecast, calls []string, none string) {
	if len(messages) == 0 {
		fmt.Fprintln(a.stdout, "  "+none)
	}
	for _, m := range messages {
		words := map[ledger.DeliveryState]string{
			ledger.DeliveryPending: "at once", ledger.DeliveryHeld: "held until " + terminal.Moment(m.NotBefore),
			ledger.DeliverySkipped:   "not sent",
			ledger.DeliveryDelivered: "delivered", ledger.DeliveryRefused: "refused",
		}[m.State]
		if m.DeliveryID != 0 && m.State == ledger.DeliveryPending {
			words = "waits to be sent"
		}
		line := fmt.Sprintf("  %s: %s, %s", m.Channel, m.Reason, words)
		if m.Note != "" {
			line += " (" + m.Note + ")"
		}
		if slices.Contains(calls, m.Channel) {
			line += ", with a mention"
		}
		if m.DeliveryID != 0 {
			line += fmt.Sprintf(", delivery %d", m.DeliveryID)
		}
		fmt.Fprintln(a.stdout, line)
	}
}

// sendTest sends a test message to the channels of the routes that match.
func (r *reporting) sendTest(ctx context.Context, a *app, x alert.Explanation) []error {
	var failed []error
	var done []string
	for _, v := range x.Verdicts {
		if !v.Matched {
			continue
		}
		for _, name := range v.Route.Channels {
			n := slices.IndexFunc(r.channels, func(c channel.Channel) bool { return c.Name() == name })
			if n < 0 || slices.Contains(done, name) {
				continue
			}
			done = append(done, name)
			now := time.Now().UTC()
			m, err := r.render.Message(ctx, ledger.Delivery{Channel: name, Reason: string(message.ReasonTest),
				Route: v.Name, IncidentID: x.Event.IncidentID}, now)
			if err == nil {
				// The id of no delivery, so that no receiver takes it for a repeat.
				m.ID = fmt.Sprintf("vw-test-%d", now.UnixNano())
				for i := range m.Items {
					m.Items[i].Thread, m.Items[i].DedupKey = "", m.ID
				}
				var sent channel.Sent
				if sent, err = r.channels[n].Send(ctx, m); err == nil {
					fmt.Fprintf(a.stderr, "channel %q accepted the test message: %s\n", name, sent.Receipt)
				}
			}
			if err != nil {
				failed = append(failed, err)
			}
		}
	}
	if len(done) == 0 {
		failed = append(failed, errors.New("no test message was sent, because no route matches"))
	}
	return failed
}
