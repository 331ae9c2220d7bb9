package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
)

// What the API may write: only with the token for that, only what it knows, and each with who did it.
func TestAPIActions(t *testing.T) {
	planned := 0
	r := Rich(t, web.Options{Auth: web.Auth{}.Bearer("reads").Writer("writes"), OnAction: func() { planned++ }})
	id := r.IDOf("API answers are slow")
	post := func(path, token, media, body string) (int, string) {
		t.Helper()
		a := r.Get(path, func(q *http.Request) {
			q.Method, q.Body, q.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(body)), int64(len(body))
			q.Header.Set("Content-Type", media)
			if token != "" {
				q.Header.Set("Authorization", "Bearer "+token)
			}
		})
		return a.Status, a.Text
	}
	const actions, js = "/api/v1/actions", "application/json"
	ack := fmt.Sprintf(`{"kind":"acknowledge","incident_id":%d,"who":"anna"}`, id)
	for _, c := range []struct {
		name, path, token, media, body string
		status                         int
		says                           string
	}{
		{"no token", actions, "", js, ack, 401, "requires the token that may write"},
		{"the token that reads", actions, "reads", js, ack, 403, "only reads"},
		{"another token", actions, "guess", js, ack, 401, "requires the token that may write"},
		{"a form", actions, "writes", "application/x-www-form-urlencoded", ack, 415, "Send JSON"},
		{"no JSON", actions, "writes", js, "{", 400, "not what is asked for"},
		{"two values", actions, "writes", js, ack + ack, 400, "more than one value"},
		{"an unknown field", actions, "writes", js, `{"kind":"note","why":"x"}`, 400, "unknown field"},
		{"an unknown kind", actions, "writes", js, `{"kind":"party","incident_id":1,"who":"a"}`,
			400, `no action \"party\"`},
		{"nobody", actions, "writes", js, `{"kind":"note","incident_id":1,"text":"x"}`,
			400, "It is not said who does it."},
		{"an endless mute", actions, "writes", js, `{"kind":"mute","vendor":"acme","who":"a"}`,
			400, "A mute has an end"},
		{"no length", actions, "writes", js, `{"kind":"mute","vendor":"acme","who":"a","for":"soon"}`,
			400, "not a length of time"},
		{"two ends", actions, "writes", js, `{"kind":"mute","vendor":"acme","who":"a","for":"2h","until_at":"x"}`,
			400, "keep one"},
		{"two subjects", actions, "writes", js, `{"kind":"mute","vendor":"acme","incident_id":1,"who":"a"}`,
			400, "keep one"},
		{"no such incident", actions, "writes", js, `{"kind":"note","incident_id":9999,"who":"a","text":"x"}`,
			404, "Nothing is on record"},
		{"no such action", actions + "/77/end", "writes", js, `{"who":"a"}`, 404, "Nothing is on record"},
		{"a parameter", actions + "?x=1", "writes", js, ack, 400, "no parameter"},
	} {
		status, text := post(c.path, c.token, c.media, c.body)
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s, want %d and %q", c.name, status, text, c.status, c.says)
		}
	}
	reads := func(q *http.Request) { q.Header.Set("Authorization", "Bearer reads") }
	listed := func() (out []query.Action) {
		t.Helper()
		var list struct{ Actions []query.Action }
		if err := json.Unmarshal([]byte(r.Get(actions, reads).Text), &list); err != nil {
			t.Fatal(err)
		}
		return list.Actions
	}
	before := len(listed())
	if planned != 0 || before != 3 {
		t.Fatalf("refused, and on record: %d actions", before)
	}
	if a := r.Get(actions, func(q *http.Request) { q.Header.Set("Authorization", "Bearer writes") }); a.Status != 401 {
		t.Errorf("the token that writes also reads: %d", a.Status)
	}
	if status, text := post(actions, "writes", js, ack); status != 200 || !strings.Contains(text, `"via": "api"`) {
		t.Errorf("acknowledge: %d %s", status, text)
	}
	post(actions, "writes", js, `{"kind":"mute","vendor":"acme","who":"bert","for":"2h","text":"<b>rebuilding</b>"}`)
	if status, text := post(actions+"/3/end", "writes", js, `{"who":"bert"}`); status != 200 ||
		!strings.Contains(text, `"ended_by": "bert"`) {
		t.Errorf("take back: %d %s", status, text)
	}
	post(actions, "writes", js, strings.Replace(ack, "anna", "<i>anna", 1))
	if got := listed(); len(got) != 6 || planned != 4 || got[4].Vendor != "acme" || got[5].IncidentID != id {
		t.Errorf("%d planned, on record: %+v", planned, got)
	}
	page := r.Get(fmt.Sprintf("/incidents/%d", id), reads)
	for _, want := range []string{"by &lt;i&gt;anna", "taken back", fmt.Sprintf("vendorwatch ack %d", id)} {
		if !strings.Contains(page.Text, want) {
			t.Errorf("the incident's page does not say %q", want)
		}
	}
	if strings.Contains(page.Text, "method=") || strings.Contains(page.Text, "<i>anna") {
		t.Error("the page writes, or obeys what somebody wrote")
	}
	none := Rich(t, web.Options{})
	a := none.Get(actions, func(q *http.Request) {
		q.Method = http.MethodPost
		q.Header.Set("Authorization", "Bearer ")
	})
	if a.Status != 403 || !strings.Contains(a.Text, "write_token_env") {
		t.Errorf("without a token that may write: %d %s", a.Status, a.Text)
	}
}
