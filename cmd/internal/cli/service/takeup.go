package service

import (
	"context"
	"errors"
	"os"
	"time"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/db"
)

// standEvery is how often the file is looked for at its path.
const standEvery = time.Second

// UntilMoved waits until the file is not at its path any more, or another one has taken its place, and returns the
// error that says so; nil if ctx ends before.
func (s *Service) UntilMoved(ctx context.Context) error {
	ticker := time.NewTicker(standEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := s.DB.Standing(); errors.Is(err, db.ErrMoved) {
			return err
		}
	}
}

// TakeUp returns a service of the same config, on the file that is at the path now, when there is one that can be
// opened. Until then the address of the dashboard answers that nothing is known. It returns nil if ctx ends before.
func (s *Service) TakeUp(ctx context.Context, moved error) (*Service, error) {
	s.Log.Error("the service has stopped writing", "error", moved)
	rescued, err := s.DB.Abandon(context.WithoutCancel(ctx))
	if rescued != "" {
		s.Log.Warn("what was in the file is saved", "copy", rescued)
	}
	if err != nil {
		s.Log.Error("the file that was removed or replaced", "error", err)
	}
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	answering := make(chan struct{})
	go func() {
		defer close(answering)
		s.answerWithout(waiting, moved)
	}()
	o, said := s.o, ""
	o.File = nil
	for {
		select {
		case <-ctx.Done():
			<-answering
			return nil, nil
		case <-time.After(standEvery):
		}
		if _, err := os.Stat(s.Config.Database); err != nil {
			continue
		}
		next, err := New(ctx, s.Config, o)
		if err == nil {
			stop()
			<-answering
			return next, nil
		}
		if err.Error() != said {
			said = err.Error()
			s.Log.Error("the file that is at the path now cannot be taken up", "error", err)
		}
	}
}

// answerWithout answers at the service's address that there is no file, until ctx ends.
func (s *Service) answerWithout(ctx context.Context, why error) {
	if s.Listener == nil {
		return
	}
	l, err := web.Listen(s.Listener.Addr().String())
	if err == nil {
		err = web.ServeUnavailable(ctx, l, s.Log, why)
	}
	if err != nil {
		s.Log.Error("dashboard", "error", err)
	}
}
