package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/message/examples"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

// mistakes keeps what a Check finds.
type mistakes []string

func (m *mistakes) Mistake(key, problem, _ string) { *m = append(*m, key+": "+problem) }
func (m *mistakes) Remark(string, string)          {}

func problemsOf(template string) []string {
	var m mistakes
	checkBody(channel.Values{"body": map[string]string{"template": template}}, &m)
	return m
}

// documented are the templates of docs/webhook.md, by the name of their channel.
func documented(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../../../../docs/webhook.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, block := range strings.Split(string(page), "```toml\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		var c struct {
			Channel []struct {
				Name string
				Body struct{ Template string }
			}
		}
		if err := toml.Unmarshal([]byte(block), &c); err != nil {
			t.Fatalf("%v in\n%s", err, block)
		}
		all[c.Channel[0].Name] = c.Channel[0].Body.Template
	}
	return all
}

func TestTheDocumentedBodies(t *testing.T) {
	templates := documented(t)
	incident := reporttest.Alert(message.ReasonFirst, nil)
	for name, want := range map[string]string{
		"servicenow": `{"correlation_display":"vendorwatch","correlation_id":"vendorwatch-incident-17",
			"description":%[2]s,"short_description":%[1]s,"urgency":"2"}`,
		"jira": `{"fields":{"description":%[3]s,"issuetype":{"name":"Task"},"labels":["vendorwatch","kustomer"],
			"project":{"key":"OPS"},"summary":%[1]s}}`,
		"datadog": `{"aggregation_key":"vendorwatch-incident-17","alert_type":"error","date_happened":1794592200,
			"source_type_name":"vendorwatch","tags":["vendor:kustomer","reason:first"],"text":%[2]s,"title":%[1]s}`,
	} {
		t.Run(name, func(t *testing.T) {
			if found := problemsOf(templates[name]); len(found) > 0 {
				t.Fatal(found)
			}
			f, err := parseForm(templates[name])
			if err != nil {
				t.Fatal(err)
			}
			body, err := f.body(incident)
			if err != nil {
				t.Fatal(err)
			}
			quoted := func(text string) string { b, _ := json.Marshal(text); return string(b) }
			e := message.NewEnvelope(incident)
			var got, wanted any
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if err := json.Unmarshal(fmt.Appendf(nil, want+"%.0[1]s%.0[2]s%.0[3]s", quoted(e.Subject), quoted(e.Text),
				quoted(e.Text+"\nhttps://watch.example.com/incidents/17")), &wanted); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, m := range append(reporttest.Messages(), reporttest.HostileAlert()) {
				if _, err := f.body(m); err != nil {
					t.Errorf("%s: %v", m.Reason, err)
				}
			}
		})
	}
}

// A mistake in a template says its line, and what is wrong there.
func TestMistakesInABody(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"{\n\"a\": {{json .subjekt}}\n}", `body.template: line 2: executing "body" at <.subjekt>: there is no field ` +
			`"subjekt", for a message of reason first`},
		{"{\n\n\"a\": {{jsn .subject}}}", `body.template: line 3: function "jsn" not defined`},
		{"{{if .source}}", "body.template: line 1: unexpected EOF"},
		{"{\n\"a\": {{.subject}}\n}", "body.template: what it gives is no JSON: line 2 of it: invalid character"},
		{"{\"a\": {{json (index .incidents 0)}}}", "body.template: line 1: executing"},
		{"{{if false}}{}{{end}}", "body.template: it gives nothing for any message"},
		{"{\"a\": {{json .source.vendor}}}", "body.template: line 1: executing"},
	} {
		found := problemsOf(c.template)
		if len(found) != 1 || !strings.HasPrefix(found[0], c.want) {
			t.Errorf("%s:\n%q, want %q", c.template, found, c.want)
		}
	}
	var m mistakes
	checkBody(channel.Values{"body": map[string]string{"templat": "{}"}}, &m)
	if len(m) != 1 || !strings.Contains(m[0], "has no templat") {
		t.Error(m)
	}
}

// Every field that the JSON can have is there in a template, under the same name and with the same value.
func TestATemplateSeesTheJSON(t *testing.T) {
	f, err := parseForm("{{json .}}")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append(examples.All(time.Now(), "example"), reporttest.Messages()...) {
		body, err := f.body(m)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(message.NewEnvelope(m))
		if err != nil {
			t.Fatal(err)
		}
		var seen, posted map[string]any
		if err := json.Unmarshal(body, &seen); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(plain, &posted); err != nil {
			t.Fatal(err)
		}
		contains(t, string(m.Reason), seen, posted)
	}
}

func contains(t *testing.T, path string, seen, posted any) {
	t.Helper()
	switch want := posted.(type) {
	case map[string]any:
		got, _ := seen.(map[string]any)
		for name, value := range want {
			contains(t, path+"."+name, got[name], value)
		}
	case []any:
		got, _ := seen.([]any)
		if len(got) != len(want) {
			t.Errorf("%s: %d, want %d", path, len(got), len(want))
			return
		}
		for n := range want {
			contains(t, fmt.Sprintf("%s[%d]", path, n), got[n], want[n])
		}
	default:
		if seen != posted && !(posted == nil && (fmt.Sprint(seen) == "[]" || fmt.Sprint(seen) == "map[]")) {
			t.Errorf("%s: %v, want %v", path, seen, posted)
		}
	}
}

// A preview shows a body in the form in which it is posted, or that nothing is.
func TestThePreviewHasTheForm(t *testing.T) {
	v := channel.Values{"body": map[string]string{"template": `{{if .incidents}}{"said": {{json .id}}}{{end}}`}}
	for want, m := range map[string]message.Message{
		"{\n  \"said\": \"vw-5\"\n}\n":        reporttest.Alert(message.ReasonFirst, nil),
		"Nothing is sent: " + leftOut + ".\n": reporttest.SourceMessage(message.ReasonMoved, nil),
	} {
		forms, err := Kind().Preview(m, v)
		if err != nil || len(forms) != 1 || forms[0].Text != want {
			t.Errorf("%+v %v, want %q", forms, err, want)
		}
	}
}

// A channel with a form of its own posts that, signed, and does not post what the form leaves out.
func TestABodyIsPostedInItsOwnForm(t *testing.T) {
	own := values
	r := channeltest.Serve(func(t *testing.T, address string) channel.Channel {
		v := own(address)
		v["body"] = map[string]string{"template": `{{if .incidents}}{"said": {{json .subject}}}{{end}}`}
		v["secret"] = secret.New("whsec_" + strings.Repeat("QUJD", 10))
		c, err := Kind().New("ops", v, channel.Environment{Client: channeltest.Client(time.Minute)})
		return channeltest.Must(t, c, err)
	})(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Webhook-Signature") == "" || r.Header.Get("X-Vendorwatch-Signature") == "" {
			t.Errorf("headers %v", r.Header)
		}
	})
	for _, m := range []message.Message{reporttest.Alert(message.ReasonFirst, nil),
		reporttest.SourceMessage(message.ReasonUnreadable, nil)} {
		sent, err := r.Channel.Send(t.Context(), m)
		if err != nil || (sent.Receipt == leftOut) != (m.Source != nil) {
			t.Errorf("%+v %v", sent, err)
		}
	}
	want := `{"said": "Kustomer: major incident opened: [PLATFORM] Errors \u0026 delays"}`
	if got := r.Received(); len(got) != 1 || got[0] != want {
		t.Errorf("posted %q", got)
	}
}
