package jsonl

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

func TestJSONLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	c := &Channel{ChannelName: "file", Path: path}
	for _, m := range []message.Message{reporttest.Alert(message.ReasonFirst, nil), reporttest.HostileAlert()} {
		if sent, err := c.Send(t.Context(), m); err != nil || sent.Receipt != "written" {
			t.Fatalf("%+v %v", sent, err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines of 2 messages", len(lines))
	}
	for n, line := range lines {
		var e message.Envelope
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.ID != "vw-5" {
			t.Errorf("line %d: %v", n+1, err)
		}
	}
	if _, err := (&Channel{ChannelName: "file", Path: t.TempDir()}).Send(t.Context(),
		reporttest.Alert(message.ReasonFirst, nil)); err == nil {
		t.Error("a folder was written to")
	}
}
