package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
)

// The commands in docs/api.md work as written, except for the address.
func TestAPIExamples(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	text, err := os.ReadFile("../../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	open := Rich(t, web.Options{})
	locked := Rich(t, web.Options{Auth: web.Auth{}.Bearer("sesame")})
	run := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		run++
		server := open
		if strings.Contains(line, "Authorization") {
			server = locked
		}
		command := strings.Replace(strings.ReplaceAll(line, "http://127.0.0.1:8080", server.URL), "curl ",
			"exec curl --fail ", 1)
		ctx, cancel := context.WithCancel(t.Context())
		cmd := exec.CommandContext(ctx, "sh", "-c", command)
		cmd.Env = append(os.Environ(), "VENDORWATCH_WEB_TOKEN=sesame")
		if strings.Contains(line, "event-stream") {
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			if e, ok := NextEvent(bufio.NewScanner(out)); !ok || e.ID != "1" {
				t.Errorf("%s\nbegins with %+v", line, e)
			}
			cancel() // it does not end by itself
			_ = cmd.Wait()
			continue
		}
		out, err := cmd.Output()
		var Answer map[string]any
		if err == nil {
			err = json.Unmarshal(out, &Answer)
		}
		if err != nil || len(Answer) == 0 {
			t.Errorf("%s\n%v\n%s", line, err, out)
		}
		for name, value := range Answer {
			if rows, ok := value.([]any); ok && len(rows) == 0 && name == "incidents" {
				t.Errorf("%s\nshows nothing", line)
			}
		}
		cancel()
	}
	if run < 10 {
		t.Errorf("only %d commands were found", run)
	}
}
