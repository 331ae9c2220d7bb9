//go:build servers

package scraper_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/uptimekuma"
)

// These tests read the answers of the programs themselves, each started on loopback with a page of our own. A program
// that is not there is skipped; .ci/run installs those that the package registries have.

// freePort returns a port of loopback that nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// start runs a program until the test ends, and tells what it printed if the test fails.
func start(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	var said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, append(os.Environ(),
		env...), &said, &said, 5*time.Second
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		cmd.Wait() // killed, so that it fails
		if t.Failed() {
			t.Logf("%s said:\n%s", name, said.String())
		}
	})
}

// await asks an address, with a number after it, until an answer is what is waited for.
func await(t *testing.T, address string, good func(status int, body []byte) bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for n := 1; ; n++ {
		if status, body := ask(ctx, address+strconv.Itoa(n)); good(status, body) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s does not answer as it should", address)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// ask returns the answer to one request, zero for none. Uptime Kuma leaves a request for a page it does not have
// without one.
func ask(ctx context.Context, address string) (int, []byte) {
	ctx, stop := context.WithTimeout(ctx, 3*time.Second)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		return 0, nil
	}
	return res.StatusCode, body.Bytes()
}

// readServer scrapes a page through the fetcher that live sources are read with.
func readServer(t *testing.T, platform, address string) scraper.Outcome {
	t.Helper()
	p, err := platforms.Lookup(platform)
	if err != nil {
		t.Fatal(err)
	}
	out, err := scraper.Scrape(t.Context(),
		scraper.NewCollector(scraper.FetchOptions{UserAgent: "vendorwatch-test (ops@example.com)",
			Timeout: 10 * time.Second, MaxBytes: 1 << 20}), p, scraper.Source{Name: "tidemark", URL: address}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Findings {
		t.Errorf("finding: %s %q: %s", f.Field, f.Value, f.Problem)
	}
	return out
}

// TestServerUptimeKuma reads Uptime Kuma itself. KUMA_DIR names the folder in which npm has installed it.
func TestServerUptimeKuma(t *testing.T) {
	dir := os.Getenv("KUMA_DIR")
	program := filepath.Join(dir, "node_modules", "uptime-kuma")
	if _, err := os.Stat(filepath.Join(program, "server", "server.js")); dir == "" || err != nil {
		t.Skip("KUMA_DIR names no folder with Uptime Kuma: install it there with npm, as .ci/run does")
	}
	port, data := freePort(t), t.TempDir()
	start(t, program, []string{
		"UPTIME_KUMA_DB_TYPE=sqlite", "DATA_DIR=" + data + "/", "UPTIME_KUMA_HOST=127.0.0.1", "UPTIME_KUMA_PORT=" +
			port, "TZ=UTC",
	}, "node", "server/server.js")
	base := "http://127.0.0.1:" + port
	await(t, base+"/api/entry-page?try=", func(status int, _ []byte) bool { return status == http.StatusOK })

	monitored := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/up" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer monitored.Close()
	sites := monitored.URL
	setup := exec.CommandContext(t.Context(), "node", "-e", kumaSetup, base, sites+"/up", sites+"/down")
	setup.Dir = dir // where node looks for socket.io-client
	if said, err := setup.CombinedOutput(); err != nil {
		t.Fatalf("setting up Uptime Kuma: %v\n%s", err, said)
	}
	// It keeps an answer for a minute, by its address.
	await(t, base+"/api/status-page/heartbeat/tidemark?try=", func(_ int, body []byte) bool {
		return bytes.Count(body, []byte(`"status"`)) >= 2
	})

	for _, address := range []string{base + "/status/tidemark", base + "/api/status-page/tidemark"} {
		page := scraper.Page{}
		_, page.Body = ask(t.Context(), address)
		if got := platforms.Detect(page); got != "uptimekuma" {
			t.Errorf("%s is detected as %q", address, got)
		}
	}
	out := readServer(t, "uptimekuma", base+"/status/tidemark")
	incidents, findings := normalize.Incidents(out.Raws, scraper.WordsOf(uptimekuma.Platform{}))
	if len(incidents) != 2 || len(findings) > 0 {
		t.Fatalf("read %d incidents, findings %+v", len(incidents), findings)
	}
	in, work := incidents[0], incidents[1]
	if in.Title != "Tide tables are late" || in.Severity != normalize.SeverityMajor ||
		in.State != normalize.StateInvestigating ||
		len(in.Updates) != 1 || in.Updates[0].Body != "The printer is **out of ink**." ||
		time.Since(in.StartedAt).Abs() > 10*time.Minute {
		t.Errorf("the incident is read as %+v", in)
	}
	if work.Title != "Painting" || work.Kind != normalize.KindMaintenance || work.State != normalize.StateInProgress ||
		work.ScheduledEndAt.Sub(work.ScheduledStartAt) != 2*time.Hour {
		t.Errorf("the maintenance is read as %+v", work)
	}
	components, findings := normalize.Components(out.Components, scraper.WordsOf(uptimekuma.Platform{}))
	if len(components) != 2 || len(findings) > 0 || !out.Coverage.Open || !out.Coverage.Components {
		t.Fatalf("read the components %+v, findings %+v, covers %+v", components, findings, out.Coverage)
	}
	for n, want := range []normalize.Component{
		{Key: "1", Name: "Locks", Group: "Harbour", Status: normalize.StatusOperational, VendorStatus: "1"},
		{Key: "2", Name: "Tide tables", Group: "Harbour", Status: normalize.StatusMajor, VendorStatus: "0"},
	} {
		if components[n] != want {
			t.Errorf("component %d is %+v, want %+v", n+1, components[n], want)
		}
	}
}

// kumaSetup makes a status page by the protocol that Uptime Kuma's own pages speak. Its arguments are the server's
// address, that of something that is up and that of something that is down.
const kumaSetup = `
const { io } = require("socket.io-client");
const [base, up, down] = process.argv.slice(1);
const socket = io(base, { transports: ["websocket"] });
const ask = (...words) => new Promise((resolve, reject) => {
	socket.emit(...words, (answer) => answer && answer.ok ? resolve(answer) : reject(new Error(words[0] + ": " + ` +
	`JSON.stringify(answer))));
});
const fail = (text) => { console.error(text); process.exit(1); };
const monitor = (name, url) => ({
	type: "http", name, url, method: "GET", interval: 20, retryInterval: 20, resendInterval: 0, maxretries: 0, ` +
	`timeout: 5, active: true,
	accepted_statuscodes: ["200-299"], notificationIDList: {}, expiryNotification: false, ignoreTls: false, ` +
	`upsideDown: false,
	maxredirects: 0, dns_resolve_type: "A", dns_resolve_server: "1.1.1.1",
	kafkaProducerBrokers: [], kafkaProducerSaslOptions: { mechanism: "None" },
});
const hours = (n) => new Date(Date.now() + n * 3600e3).toISOString().slice(0, 16);
socket.on("connect", async () => {
	try {
		await ask("setup", "harbour", "Lantern7Lantern");
		await ask("login", { username: "harbour", password: "Lantern7Lantern", token: "" });
		const { monitorID: locks } = await ask("add", monitor("Locks", up));
		const { monitorID: tables } = await ask("add", monitor("Tide tables", down));
		await ask("addStatusPage", "Tidemark", "tidemark");
		await ask("saveStatusPage", "tidemark", {
			slug: "tidemark", title: "Tidemark", description: "How the harbour does.", theme: "auto", showTags: ` +
	`false, footerText: "",
			customCSS: "", showPoweredBy: true, showCertificateExpiry: false, googleAnalyticsId: "", domainNameList: [],
		}, "/icon.svg", [{ name: "Harbour", monitorList: [{ id: locks }, { id: tables }] }]);
		await ask("postIncident", "tidemark", { title: "Tide tables are late", content: "The printer is **out of ` +
	`ink**.", style: "danger" });
		const { maintenanceID } = await ask("addMaintenance", {
			title: "Painting", description: "Mind the rails.", strategy: "single", active: true, intervalDay: 1,
			dateRange: [hours(-1), hours(1)], timeRange: [{ hours: 2, minutes: 0 }, { hours: 3, minutes: 0 }], ` +
	`weekdays: [], daysOfMonth: [],
			timezoneOption: "UTC", cron: "30 3 * * *", durationMinutes: 60,
		});
		await ask("addMaintenanceStatusPage", maintenanceID, [{ id: 1 }]);
		process.exit(0);
	} catch (e) { fail(e.message); }
});
socket.on("connect_error", (e) => fail(e.message));
`
