package deliver

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// failed records a failed attempt.
func (s *Sender) failed(ctx context.Context, d ledger.Delivery, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	var sendErr channel.SendError
	if e := new(channel.SendError); errors.As(err, &e) {
		sendErr = *e
	}
	if sendErr.Parts > d.Parts {
		if saveErr := s.Ledger.MarkParts(ctx, d.DeliveryID, sendErr.Parts, sendErr.Thread); saveErr != nil {
			return errors.Join(err, saveErr)
		}
	}
	now := s.Now()
	if why, over := s.over(d, sendErr, now); over {
		return s.refused(ctx, d, now, err, why)
	}
	wait := s.delay(d.Attempts, sendErr.RetryAfter)
	if sendErr.Rejected {
		wait = min(wait, rejectedRetry)
	}
	next := now.Add(wait)
	s.Log.Warn("delivery failed, will be retried", "channel", s.Channel.Name(), "delivery_id", d.DeliveryID, "reason",
		d.Reason,
		"attempts", d.Attempts, "next_attempt_at", next, "error", err)
	if saveErr := s.Ledger.MarkFailed(ctx, d.DeliveryID, now, next, err.Error(), sendErr.Rejected); saveErr != nil {
		return errors.Join(err, saveErr)
	}
	return &deliveryError{err, false}
}

// over reports whether a message that was not taken is not tried again, and why if that is for the time that it took.
func (s *Sender) over(d ledger.Delivery, e channel.SendError, now time.Time) (why string, over bool) {
	since, limit := d.FirstAttemptAt, s.RetryFor
	switch {
	case e.Refused:
		return "", true
	case d.Attempts < minTries:
		return "", false
	case e.Rejected:
		since, limit = d.RejectedSinceAt, s.RetryRejectedFor
	}
	from := words.Time(since)
	if from.IsZero() || now.Sub(from) < limit {
		return "", false
	}
	return "set aside after " + words.Duration(now.Sub(from)) + " and " + words.Count(d.Attempts, "attempt") + ": ",
		true
}

// refused records that a message is not tried again, and has another channel say so.
func (s *Sender) refused(ctx context.Context, d ledger.Delivery, now time.Time, err error, why string) error {
	s.Log.Error("delivery refused, will not be retried", "channel", s.Channel.Name(), "delivery_id", d.DeliveryID,
		"reason", d.Reason, "error", why+err.Error())
	if saveErr := s.Ledger.MarkRefused(ctx, d.DeliveryID, now, why+err.Error()); saveErr != nil {
		return errors.Join(err, saveErr)
	}
	if noticeErr := s.notice(ctx, d, now); noticeErr != nil {
		return errors.Join(err, noticeErr)
	}
	return &deliveryError{err, true}
}

// notice tells another channel, once a day, that this one does not take its messages. Of a notice that was refused
// there is none.
func (s *Sender) notice(ctx context.Context, d ledger.Delivery, now time.Time) error {
	if len(s.Others) == 0 || d.Reason == string(message.ReasonChannel) || d.Reason == string(message.ReasonTest) {
		return nil
	}
	health, err := s.Render.DB.ChannelHealth(ctx)
	if err != nil {
		return err
	}
	to := s.Others[0]
	for _, name := range s.Others {
		if !slices.ContainsFunc(health, func(h query.ChannelHealth) bool {
			return h.Channel == name && h.LastError != ""
		}) {
			to = name
			break
		}
	}
	planned, err := s.Ledger.PlanNotice(ctx, to, s.Channel.Name(), d.Stream, now)
	if planned && s.OnNotice != nil {
		s.OnNotice()
	}
	return err
}

// delay is the time until the next attempt: longer with each, with jitter, and never shorter than the receiver asked
// for, up to maxRetryAfter.
func (s *Sender) delay(attempts int, asked time.Duration) time.Duration {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier = s.MinRetry, s.MaxRetry, 2
	wait := b.NextBackOff()
	for range min(attempts, 30) - 1 {
		wait = b.NextBackOff()
	}
	return max(min(wait, s.MaxRetry), min(asked, maxRetryAfter))
}
