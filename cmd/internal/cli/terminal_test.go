package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/normalize/racetest"
)

// rude are words by which a vendor would paint, retitle and move about in the terminal of whoever reads them.
const rude = "Calm\x1b[31m\x1b]0;owned\x07 \u009b2J \u0085\x00\x08\r\v\f\x7f \u202egnp.exe\u2066"

// rudePage is a page on which every word of the vendor's is rude.
func rudePage(t *testing.T) string {
	at := time.Now().UTC().Add(-time.Hour).Format(time.RFC3339)
	text, err := json.Marshal(rude)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReplacer("TEXT", string(text), "AT", at).Replace(`{
		"page": {"id": "p", "name": TEXT, "url": "https://status.rude.example", "updated_at": "AT"},
		"status": {"indicator": TEXT, "description": TEXT},
		"components": [{"id": "c", "name": TEXT, "status": TEXT, "position": 1, "group": false, "group_id": null}],
		"incidents": [{"id": "i", "name": TEXT, "status": TEXT, "impact": "major", "created_at": "AT",
			"updated_at": "AT", "shortlink": TEXT, "incident_updates": [
			{"id": "u", "status": TEXT, "body": TEXT, "created_at": "AT", "updated_at": "AT", "display_at": "AT"}],
			"components": [{"id": "c", "name": TEXT, "status": TEXT}]}],
		"scheduled_maintenances": []}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/unread"):
			fmt.Fprintf(w, "<title>%s</title>", rude)
		case strings.HasSuffix(r.URL.Path, ".json"):
			fmt.Fprint(w, body)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// untilDone is a reader that has nothing to say until its context ends.
type untilDone struct{ ctx context.Context }

func (u untilDone) Read([]byte) (int, error) {
	<-u.ctx.Done()
	return 0, io.EOF
}

// No command lets a vendor's words reach the terminal as more than words, wherever they go: tables, texts, JSON, the
// log, errors.
func TestNoCommandObeysWhatAVendorWrote(t *testing.T) {
	racetest.Skip(t, "every command, one after the other")
	t.Parallel()
	dir, page := t.TempDir(), rudePage(t)
	config, record := filepath.Join(dir, "config.toml"), filepath.Join(dir, "vendorwatch.db")
	writeConfig(t, dir, fmt.Sprintf("web.listen = \"\"\nschedule = \"@every 10s\"\n"+
		"[fetch]\ncontact = \"ops@vendorwatch.test\"\ndelay = \"0s\"\nretries = 0\n"+
		"[alerts]\nchannels = [\"screen\", \"lines\"]\n"+
		"[[digest]]\nschedule = \"@every 10s\"\nchannels = [\"screen\"]\nedits = true\n"+
		"[[channel]]\nname = \"screen\"\ntype = \"stdout\"\n[[channel]]\nname = \"lines\"\ntype = \"jsonl\"\n"+
		"path = \"-\"\n"+
		"[[service]]\nname = \"Checkout\"\nneeds = [\"rude\"]\n"+
		"[[vendor]]\nname = \"Rude\"\nurl = %q\n[vendor.sla]\ntarget = \"99.9%%\"\n"+
		"[[vendor]]\nname = \"Unread\"\nplatform = \"feed\"\nurl = %q\n",
		page, page+"/unread"))
	saved := filepath.Join(dir, "saved.json")
	summary, err := http.Get(page + "/api/v2/summary.json")
	if err != nil {
		t.Fatal(err)
	}
	defer summary.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(summary.Body); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(saved, body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	const ask = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",` +
		`"capabilities":{},"clientInfo":{"name":"t","version":"1"}}}` + "\n" +
		`{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n" +
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"open_incidents","arguments":{}}}` + "\n"
	month := time.Now().UTC().Add(-time.Hour).Format("2006-01") // in which the incident began
	commands := []struct {
		line  string
		shown bool // standard output shows the vendor's words
		stdin string
	}{
		{"scrape --verbose", true, ""},
		{"serve --verbose", false, ""},
		{"import --vendor copied " + saved, false, ""},
		{"import --vendor copied --json " + saved, false, ""},
		{"backfill", false, ""},
		{"inspect " + page, true, ""},
		{"inspect --json " + page, true, ""},
		{"inspect " + page + "/unread", false, ""},
		{"inspect " + saved, true, ""},
		{"incidents", true, ""},
		{"incidents --json", true, ""},
		{"show 1", true, ""},
		{"show 1 --history", true, ""},
		{"show 1 --json", true, ""},
		{"services", false, ""},
		{"services --json", false, ""},
		{"services checkout", false, ""},
		{"stories", false, ""},
		{"stories --json", false, ""},
		{"ok", false, ""},
		{"ok --service checkout", false, ""},
		{"stats", false, ""},
		{"stats rude", false, ""},
		{"stats rude --json", false, ""},
		{"claim rude --month " + month, true, ""},
		{"claim rude --html --month " + month, true, ""},
		{"export v_incidents", true, ""},
		{"export v_updates --format jsonl", true, ""},
		{"export " + rude, false, ""},
		{"vendors", false, ""},
		{"vendors --json", false, ""},
		{"vendors add " + page, false, ""},
		{"vendors add --from -", false, rude + "\n" + page + "\nokta\n"},
		{"init --contact ops@vendorwatch.test --vendors " + rude, false, ""},
		{"vendors search " + rude, false, ""},
		{"vendors list --category " + rude, false, ""},
		{"vendors verify " + rude, false, ""},
		{"vendors discover -", false, "okta\n" + rude + "\n"},
		{"digest --dry-run --since 7d", true, ""},
		{"digest --dry-run --since 7d --json", true, ""},
		{"digest --dry-run --since 7d --slack", true, ""},
		{"digest", true, ""},
		{"deliveries", false, ""},
		{"deliveries --json", false, ""},
		{"deliveries resend 1", false, ""},
		{"mute " + rude, false, ""},
		{"mute rude --for 1h --reason " + rude, false, ""},
		{"mute list", false, ""},
		{"mute list --json", false, ""},
		{"mute end 1", false, ""},
		{"ack 1 --text " + rude, false, ""},
		{"ack " + rude, false, ""},
		{"note 1 " + rude, false, ""},
		{"actions", false, ""},
		{"actions --json", false, ""},
		{"report test --event 1", true, ""},
		{"report preview --incident 1", true, ""},
		{"config check", false, ""},
		{"config example", false, ""},
		{"db check", false, ""},
		{"db backup " + filepath.Join(dir, "copy.db"), false, ""},
		{"db prune", false, ""},
		{"db renormalize --dry-run", false, ""},
		{"db renormalize", false, ""},
		{"mcp", true, ask},
		{"version", false, ""},
		{"health", false, ""},
		{"manual", false, ""},
		{"demo --help", false, ""}, // its vendors are ours
		{rude, false, ""},
	}
	met := map[string]bool{}
	for _, c := range commands {
		args := []string{"--config", config, "--db", record}
		for word := range strings.FieldsSeq(strings.ReplaceAll(c.line, rude, "RUDE")) {
			args = append(args, strings.ReplaceAll(word, "RUDE", rude))
		}
		ctx, stop := context.WithCancel(t.Context())
		var in io.Reader = strings.NewReader(c.stdin)
		if strings.HasPrefix(c.line, "serve") || c.stdin != "" { // these end when they are told to
			ctx, stop = context.WithTimeout(ctx, 3*time.Second)
			in = io.MultiReader(in, untilDone{ctx})
		}
		var out, talk bytes.Buffer
		code := cli.Run(ctx, args, in, &out, &talk)
		stop()
		if code == 2 && !strings.Contains(c.line, rude) {
			t.Errorf("%s: wrong usage: %s", c.line, &talk)
		}
		for name, text := range map[string]string{"standard output": out.String(), "standard error": talk.String()} {
			if bad := strings.IndexAny(text, "\x00\x07\x08\v\f\r\x1b\x7f\u0085\u009b\u202e\u2066"); bad >= 0 {
				t.Errorf("%s: on %s stands %q", c.line, name, text[max(0, bad-40):min(len(text), bad+40)])
			}
		}
		if c.shown && !strings.Contains(out.String(), "Calm") {
			t.Errorf("%s does not show the vendor's words, so that this test says nothing of it:\n%s\n%s", c.line, &out,
				&talk)
		}
		words := strings.Fields(c.line)
		met[words[0]], met[strings.Join(words[:min(2, len(words))], " ")] = true, true
	}
	for _, name := range cli.CommandNames() {
		if !met[name] {
			t.Errorf("this test has no line for the command %q", name)
		}
	}
}
