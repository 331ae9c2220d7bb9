package api_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
)

// posted sends JSON, with a token, and returns the status and the answer.
func posted(r *Record, path, token, body string) (int, string) {
	a := r.Get(path, func(q *http.Request) {
		q.Method, q.Body, q.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(body)), int64(len(body))
		q.Header.Set("Content-Type", "application/json")
		if token != "" {
			q.Header.Set("Authorization", "Bearer "+token)
		}
	})
	return a.Status, a.Text
}

// alertmanager is a webhook of Alertmanager with alerts of one rule.
func alertmanager(alerts ...string) string {
	return `{"version":"4","groupKey":"{}:{alertname=\"CheckoutErrors\"}","truncatedAlerts":0,"status":"firing",
		"receiver":"vendorwatch","groupLabels":{"alertname":"CheckoutErrors"},"commonLabels":{},"commonAnnotations":{},
		"externalURL":"http://alertmanager.test:9093","alerts":[` + strings.Join(alerts, ",") + `]}`
}

// firing is an alert of Alertmanager, with further labels.
func firing(fingerprint, labels string) string {
	return fmt.Sprintf(`{"status":"firing","labels":{"alertname":"CheckoutErrors","job":"shop",%s},
		"annotations":{"summary":"5 %% of payments fail"},"startsAt":"2026-11-23T11:50:00.123Z",
		"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.test/graph?g0.expr=up","fingerprint":%q}`,
		labels, fingerprint)
}

// grafana is a webhook of Grafana with one alert.
const grafana = `{"receiver":"vendorwatch","status":"firing","orgId":1,"alerts":[{"status":"firing","labels":{
	"alertname":"Slow calls","vendor":"Acme","grafana_folder":"Vendors"},"annotations":{"description":"p95 is 4 s"},
	"startsAt":"2026-11-23T13:51:03.157+02:00","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"aa01",
	"silenceURL":"http://grafana.test/silence","dashboardURL":"http://grafana.test/d/1","panelURL":
	"http://grafana.test/d/1?viewPanel=2","values":{"B":4.2},"valueString":"[ var='B' value=4.2 ]"}],"groupLabels":{},
	"commonLabels":{},"commonAnnotations":{},"externalURL":"http://grafana.test/","version":"1","groupKey":"{}",
	"truncatedAlerts":2,"title":"[FIRING:1]","state":"alerting","message":"**Firing**"}`

func TestPostSignals(t *testing.T) {
	for name, c := range map[string]struct {
		bodies []string
		status int
		says   string   // in the last answer
		want   []string // what is on record: vendor, service, name, severity, whether it burns
		reads  []string // vendors whose pages are read
	}{
		"Alertmanager": {[]string{alertmanager(firing("f1", `"vendor":"acme","severity":"critical"`))}, 200,
			`"recorded": 1`, []string{"acme||CheckoutErrors|critical|1"}, []string{"acme"}},
		"it is told again and resolved": {[]string{alertmanager(firing("f1", `"vendor":"acme"`)),
			alertmanager(firing("f1", `"vendor":"acme"`)), strings.Replace(strings.Replace(alertmanager(
				firing("f1", `"vendor":"acme"`)), `[{"status":"firing"`, `[{"status":"resolved"`, 1),
				`"endsAt":"0001-01-01T00:00:00Z"`, `"endsAt":"2026-11-23T11:58:00Z"`, 1)}, 200, `"recorded": 1`,
			[]string{"acme||CheckoutErrors|major|0"}, []string{"acme", "acme"}},
		"resolved, and never told as firing": {[]string{strings.Replace(alertmanager(firing("f1", `"vendor":"acme"`)),
			`[{"status":"firing"`, `[{"status":"resolved"`, 1)}, 200, `"recorded": 1`,
			[]string{"acme||CheckoutErrors|major|0"}, nil},
		"no label": {[]string{strings.Replace(alertmanager(firing("f1", `"x":"y"`)),
			`"alertname":"CheckoutErrors","job":"shop",`, "", 1)}, 422, "needs a label vendor or service", nil, nil},
		"labels and annotations are null": {[]string{
			`{"alerts":[{"status":"firing","labels":null,"annotations":null}]}`}, 422,
			"needs a label vendor or service", nil, nil},
		"of a group, one over and one without a vendor": {[]string{alertmanager(firing("f1", `"vendor":"acme"`),
			firing("f2", `"vendor":"odds"`)), alertmanager(strings.Replace(firing("f1", `"vendor":"acme"`), `"firing"`,
			`"resolved"`, 1), firing("f2", `"vendor":"odds"`), firing("f3", `"team":"x"`))}, 422,
			"2 of 3 signals are recorded", []string{"acme||CheckoutErrors|major|0", "odds||CheckoutErrors|major|1"},
			[]string{"acme", "odds", "odds"}},
		"a vendor that there is not": {[]string{alertmanager(firing("f1", `"vendor":"acmee"`),
			firing("f2", `"vendor":"odds"`), firing("f3", `"severity":"page"`))}, 422,
			`1 of 3 signals are recorded. Not recorded: \"CheckoutErrors\": nothing says which vendor or service`,
			[]string{"odds||CheckoutErrors|major|1"}, []string{"odds"}},
		"the nearest": {[]string{alertmanager(firing("f1", `"vendor":"acmee"`))}, 422,
			`there is no vendor \"acmee\"; is it \"acme\"?`, nil, nil},
		"a service": {[]string{alertmanager(firing("f1", `"service":"Checkout"`))}, 200, `"recorded": 1`,
			[]string{"|checkout|CheckoutErrors|major|1"}, nil},
		"a service that there is not": {[]string{alertmanager(firing("f1", `"service":"chekout"`))}, 422,
			`there is no service \"chekout\"; is it \"checkout\"?`, nil, nil},
		"the sender's own service beside a vendor": {[]string{alertmanager(firing("f1",
			`"vendor":"acme","service":"shop-7f9c"`))}, 200, `"recorded": 1`,
			[]string{"acme||CheckoutErrors|major|1"}, []string{"acme"}},
		"two alerts without fingerprints": {[]string{alertmanager(firing("", `"vendor":"acme","pod":"a"`),
			firing("", `"vendor":"acme","pod":"b"`)), alertmanager(firing("", `"vendor":"acme","pod":"b"`))}, 200,
			`"recorded": 1`, []string{"acme||CheckoutErrors|major|1", "acme||CheckoutErrors|major|1"},
			[]string{"acme", "acme"}},
		"Grafana": {[]string{grafana}, 200, `"truncated": 2`, []string{"acme||Slow calls|major|1"}, []string{"acme"}},
		"our own": {[]string{`{"signals":[{"vendor":"acme","name":"Payments fail","severity":"minor"}]}`,
			`{"signals":[{"vendor":"acme","name":"Payments fail","severity":"minor"}]}`}, 200, `"recorded": 1`,
			[]string{"acme||Payments fail|minor|1"}, []string{"acme", "acme"}},
		"our own, over": {[]string{`{"signals":[{"vendor":"acme","name":"Payments fail"}]}`,
			`{"signals":[{"vendor":"acme","name":"Payments fail","ended_at":"2026-11-23T12:00:00Z"}]}`}, 200,
			`"recorded": 1`, []string{"acme||Payments fail|major|0"}, []string{"acme"}},
		"a severity that there is not": {[]string{
			`{"signals":[{"vendor":"acme","name":"x","severity":"bad"},{"vendor":"odds","name":"y"}]}`}, 422,
			`1 of 2 signals are recorded. Not recorded: \"x\": \"bad\" is no severity`,
			[]string{"odds||y|major|1"}, []string{"odds"}},
		"no name": {[]string{`{"signals":[{"vendor":"acme"}]}`}, 422, "it has no name", nil, nil},
		"no time": {[]string{`{"signals":[{"vendor":"acme","name":"x","started_at":"noon"}]}`}, 422,
			"is not a time", nil, nil},
		"an unknown field": {[]string{`{"signals":[{"vendor":"acme","name":"x","level":1}]}`}, 400,
			"unknown field", nil, nil},
		"neither list":  {[]string{`{"text":"x"}`}, 400, "neither the list signals nor the list alerts", nil, nil},
		"both lists":    {[]string{`{"signals":[],"alerts":[]}`}, 400, "send one of the two lists", nil, nil},
		"no JSON":       {[]string{`{`}, 400, "not what is asked for", nil, nil},
		"an empty list": {[]string{alertmanager()}, 200, `"recorded": 0`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var reads []string
			told := 0
			r := Rich(t, web.Options{Auth: web.Auth{}.Writer("writes"), Told: web.Told{
				OnEvents: func(e []query.Event) { told += len(e) },
				ReadNow:  func(vendor string) bool { reads = append(reads, vendor); return true }}})
			var status int
			var text string
			for _, body := range c.bodies {
				status, text = posted(r, "/api/v1/signals", "writes", body)
			}
			if status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("%d %s, want %d and %s", status, text, c.status, c.says)
			}
			rows, err := r.File.Reader().QueryContext(t.Context(), `SELECT coalesce(vendor, '') || '|' ||
				coalesce(service, '') || '|' || name || '|' || severity || '|' || (ended_at IS NULL)
				FROM v_signals WHERE vendor IS NOT 'moody' ORDER BY signal_id`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var got []string
			for rows.Next() {
				var row string
				if err := rows.Scan(&row); err != nil {
					t.Fatal(err)
				}
				got = append(got, row)
			}
			if err := rows.Err(); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("on record %q, want %q (%v)", got, c.want, err)
			}
			if !slices.Equal(reads, c.reads) {
				t.Errorf("pages read of %q, want %q", reads, c.reads)
			}
			if len(c.reads) > 0 && told == 0 {
				t.Error("nothing was told")
			}
		})
	}
}

// A vendor's webhook has the page read, whatever it says, and its token is good for nothing else and is in no log.
func TestPush(t *testing.T) {
	const secret, statuspage = "0123456789abcdef", `{"meta":{},"page":{"id":"x"},"incident":{"name":"<script>"}}`
	var pushed []string
	var log bytes.Buffer
	o := web.Options{Auth: web.Auth{}.Bearer("reads").Writer("writes").Pusher(secret), Prefix: "/status",
		Log: slog.New(slog.NewTextHandler(&log, nil)), Told: web.Told{Pushed: func(vendor string) bool {
			pushed = append(pushed, vendor)
			return vendor != "dropped"
		}}}
	now := Now
	o.Now = func() time.Time { now = now.Add(time.Minute); return now } // wrong tokens slow nobody down
	r := Rich(t, o)
	for _, c := range []struct {
		path, token string
		status      int
		says        string
	}{
		{"/api/v1/push/acme/" + secret, "", 200, `"reading": true`},
		{"/status/api/v1/push/ACME/" + secret, "", 200, `"vendor": "acme"`},
		{"/api/v1/push/dropped/" + secret, "", 200, `"reading": false`},
		{"/api/v1/push/acme", "writes", 200, `"reading": true`},
		{"/api/v1/push/nobody/" + secret, "", 404, "Nothing is on record"},
		{"/api/v1/push/acme/" + secret + "x", "", 401, "not the one of push_token_env"},
		{"/api/v1/push/acme/writes", "", 401, "not the one of push_token_env"},
		{"/api/v1/push/acme/reads", "reads", 401, "not the one of push_token_env"},
		{"/api/v1/push/acme", secret, 401, "requires the token that may write"},
		{"/api/v1/push/acme", "", 401, "requires the token that may write"},
		{"/api/v1/signals", secret, 401, "requires the token that may write"},
		{"/api/v1/actions", secret, 401, "requires the token that may write"},
	} {
		status, text := posted(r, c.path, c.token, statuspage)
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s, want %d and %q", c.path, status, text, c.status, c.says)
		}
	}
	if got := r.Get("/api/v1/vendors", func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+secret) }); got.
		Status != 401 {
		t.Errorf("the token of pushes reads: %d", got.Status)
	}
	if want := []string{"acme", "acme", "dropped", "acme"}; !slices.Equal(pushed, want) {
		t.Errorf("pushed %q, want %q", pushed, want)
	}
	if strings.Contains(log.String(), secret) || !strings.Contains(log.String(), "wrong password or token") {
		t.Errorf("the log is\n%s", log.String())
	}
	none := Rich(t, web.Options{})
	if status, text := posted(none, "/api/v1/push/acme/"+secret, "", statuspage); status != 403 ||
		!strings.Contains(text, "push_token_env") {
		t.Errorf("without a token of pushes: %d %s", status, text)
	}
}
