package webhook

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// The page on webhooks shows a message as it is posted, and names every field that there is.
func TestWebhookPage(t *testing.T) {
	page, err := os.ReadFile("../../../../../docs/webhook.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(message.NewEnvelope(reporttest.Alert(message.ReasonWorsened,
		func(i *message.AlertItem) { i.Was, i.Severity = "minor", "critical" }))); err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(text, "```json\n")
	example, _, _ = strings.Cut(example, "```")
	if example != want.String() {
		t.Errorf("the example of docs/webhook.md is to be\n%s", want.String())
	}
	seen := map[reflect.Type]bool{}
	var fields func(reflect.Type)
	fields = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			fields(of.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[of] || of == reflect.TypeFor[message.Digest]() {
			return // docs/reporting.md and `vendorwatch digest --json` tell of digests
		}
		seen[of] = true
		for n := range of.NumField() {
			f := of.Field(n)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && name != "-" && !strings.Contains(text, "`"+name+"`") {
				t.Errorf("docs/webhook.md does not name %s (%s.%s)", name, of.Name(), f.Name)
			}
			if f.IsExported() {
				fields(f.Type)
			}
		}
	}
	fields(reflect.TypeFor[message.Envelope]())
	for _, reason := range reasons {
		if !strings.Contains(text, "`"+string(reason)+"`") {
			t.Errorf("docs/webhook.md does not name the reason %s", reason)
		}
	}
}

var reasons = []message.Reason{message.ReasonFirst, message.ReasonWorsened, message.ReasonChanged, message.ReasonUpdate,
	message.ReasonResolved, message.ReasonReopened, message.ReasonPostmortem, message.ReasonLeftFeed,
	message.ReasonMaintenance, message.ReasonReminder, message.ReasonUnreadable, message.ReasonReadable,
	message.ReasonMoved, message.ReasonComponent, message.ReasonHeldBack, message.ReasonChannel, message.ReasonLowered,
	message.ReasonDigest,
	message.ReasonTest}
