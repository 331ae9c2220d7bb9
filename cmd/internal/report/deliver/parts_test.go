package deliver

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/channel/slack"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/ledger"
)

// A long digest whose second part fails goes on with that part, also after the program was restarted.
func TestALongDigestGoesOnWhereItFailed(t *testing.T) {
	w := reporttest.NewWorld(t)
	var titles []string
	for n := range 90 {
		titles = append(titles, fmt.Sprintf("No%d-%s", n, strings.Repeat("trouble-", 12)))
	}
	w.Scrape(titles...)
	w.PlanDigest()
	var arrived []string
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var got goslack.WebhookMessage
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		if calls++; calls == 2 || calls == 3 {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		arrived = append(arrived, channeltest.CheckSlack(t, got))
		_, _ = io.WriteString(rw, "ok")
	}))
	defer server.Close()
	try := func() error {
		c, err := slack.New("ops", server.URL+reporttest.SlackPath, channeltest.Client(time.Minute))
		w.Must(err)
		return flush(w, senderTo(w, c, io.Discard))
	}
	for n := range 2 {
		if err := try(); err == nil {
			t.Fatalf("attempt %d did not fail", n+1)
		}
		w.Restart()
	}
	w.Must(try())
	all := strings.Join(arrived, "\n")
	for n := range 90 {
		if c := strings.Count(all, fmt.Sprintf("incidents/No%d-", n)); c != 1 {
			t.Errorf("incident %d arrived %d times", n, c)
		}
	}
	list, err := w.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{})
	w.Must(err)
	if len(arrived) < 2 || len(list) != 1 || list[0].State != ledger.DeliveryDelivered || list[0].Attempts != 3 {
		t.Errorf("%d messages arrived; deliveries %+v", len(arrived), list)
	}
}
