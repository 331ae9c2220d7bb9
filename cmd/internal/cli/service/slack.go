package service

import (
	"context"
	"sync"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/slackapp"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/scraper"
)

// answerSlack answers commands and buttons, once for each app that the channels name, until ctx ends.
func (s *Service) answerSlack(ctx context.Context) {
	var answering sync.WaitGroup
	known := map[string]bool{}
	for _, c := range s.Config.Channels {
		values := channel.Values(c.Values)
		app, bot := values.Secret("app_token"), values.Secret("token")
		if c.Missing != "" || app == "" || bot == "" || known[app] {
			continue
		}
		known[app] = true
		a := &slackapp.App{
			DB: query.New(s.DB), Ledger: ledger.New(s.DB), DashboardURL: s.Config.DashboardURL, Zone: s.Config.Zone,
			Now: s.o.Now, Log: s.Log, OnAction: s.planner.Trigger,
			Client: scraper.NewClient(s.Config.Fetch.PrivateHosts, s.Config.Fetch.Roots, channel.AnswerTimeout),
			Roots:  s.Config.Fetch.Roots,
		}
		answering.Go(func() { a.Run(ctx, app, bot) })
	}
	answering.Wait()
}
