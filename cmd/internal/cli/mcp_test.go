package cli_test

import (
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// recordWith makes a file with one vendor and one open incident.
func recordWith(t *testing.T, path string) {
	t.Helper()
	file, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	vendor, err := record.New(file).EnsureVendor(t.Context(), query.Vendor{Slug: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	source, err := record.New(file).EnsureSource(t.Context(), vendor, "https://status.acme.example", "statuspage")
	if err != nil {
		t.Fatal(err)
	}
	if err := record.New(file).SetWatched(t.Context(), []int64{source}); err != nil {
		t.Fatal(err)
	}
	at := normalize.RawTime{Text: normalize.FormatTime(time.Now().Add(-time.Hour))}
	incidents, _ := normalize.Incidents([]normalize.Raw{{Document: "summary", ID: "a", Title: "Searches fail",
		Impact: "major", State: "investigating", Created: at,
		Updates: []normalize.RawUpdate{{ID: "u", State: "investigating", Posted: at, Body: "We look.",
			Format: normalize.FormatMarkdown}}}}, normalize.Words{})
	if _, err := record.New(file).SaveScrape(t.Context(), record.Scrape{SourceID: source, At: time.Now(), AllOpen: true,
		Incidents: incidents}); err != nil {
		t.Fatal(err)
	}
}

// An assistant starts the program, asks it on stdin, and ends it by closing that.
func TestMCPOnStdio(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recordWith(t, filepath.Join(dir, "vendorwatch.db"))
	command := program(dir, nil, "mcp", "--db", "vendorwatch.db")
	var stderr strings.Builder
	command.Stderr = &stderr
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.CommandTransport{Command: command}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "open_incidents",
		Arguments: map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	if text := result.Content[0].(*mcp.TextContent).Text; result.IsError || !strings.Contains(text, "Searches fail") {
		t.Errorf("answered with %s", text)
	}
	if err := session.Close(); err != nil {
		t.Errorf("%v\n%s", err, stderr.String())
	}
	if command.ProcessState == nil || command.ProcessState.ExitCode() != 0 || stderr.String() != "" {
		t.Errorf("ended as %v, said %q", command.ProcessState, stderr.String())
	}
}

// SIGTERM ends it, also where stdin stays open.
func TestMCPStops(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recordWith(t, filepath.Join(dir, "vendorwatch.db"))
	command := program(dir, nil, "mcp", "--db", "vendorwatch.db")
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(stdin, `{"jsonrpc":"2.0","id":1,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	// What it answers shows that it is at work.
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestMCPWithoutAFile(t *testing.T) {
	t.Parallel()
	out, err := program(t.TempDir(), nil, "mcp", "--db", "none.db").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "none.db") {
		t.Errorf("%v: %s", err, out)
	}
}
