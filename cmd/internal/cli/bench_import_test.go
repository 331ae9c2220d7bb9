package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/simulate"
)

const (
	importCaptures   = 300
	importComponents = 250 // about 90 KB a summary
)

// BenchmarkImport reads 300 captures of one summary, taken an hour apart, in each of which something is
// different from the one before: incidents open, get updates and resolve. MB-peak is the most that the heap
// held on the way: it does not grow with the number of captures.
func BenchmarkImport(b *testing.B) {
	for _, n := range []int{importCaptures / 3, importCaptures} {
		b.Run(fmt.Sprintf("captures=%d", n), func(b *testing.B) {
			folder, updates := writeCaptures(b, n)
			b.ReportAllocs()
			peak := watchHeap()
			for i := 0; b.Loop(); i++ {
				var out, talk bytes.Buffer
				file := filepath.Join(b.TempDir(), fmt.Sprintf("import-%d.db", i))
				if code := cli.Run(b.Context(), []string{"--db", file, "import", "--vendor", "acme", "--json", folder},
					nil, &out, &talk); code != 0 {
					b.Fatalf("exit %d: %s", code, &talk)
				}
				var counts struct{ Captures, Unreadable, Updates int }
				if err := json.Unmarshal(out.Bytes(), &counts); err != nil {
					b.Fatal(err)
				}
				if counts.Captures != n || counts.Unreadable != 0 || counts.Updates != updates {
					b.Fatalf("%+v; want %d captures, all readable, with %d updates", counts, n, updates)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "captures/s")
			b.ReportMetric(peak(), "MB-peak")
		})
	}
}

// watchHeap looks at the size of the heap every few milliseconds, until the function it returns is called,
// which tells the largest size in MB.
func watchHeap() func() float64 {
	runtime.GC()
	stop, largest := make(chan struct{}), make(chan uint64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		var most uint64
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-stop:
				largest <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(stop)
		return float64(<-largest) / (1 << 20)
	}
}

// writeCaptures saves a summary for each of so many hours of a made-up story, named by its time, and
// returns how many updates they show together.
func writeCaptures(b testing.TB, hours int) (folder string, updates int) {
	b.Helper()
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	vendor := simulate.Vendor{Slug: "acme", Name: "Acme", Platform: simulate.PlatformStatuspage,
		CreatedAt: begin.AddDate(-1, 0, 0)}
	for i := range importComponents {
		vendor.Components = append(vendor.Components, simulate.Component{ID: fmt.Sprintf("component%03d", i),
			Name: fmt.Sprintf("Region %03d", i)})
	}
	states := []string{"investigating", "identified", "monitoring", "resolved"}
	for hour := range hours {
		step := hour % 4
		at := begin.Add(time.Duration(hour)*time.Hour - time.Minute)
		part := vendor.Components[hour/4%importComponents].ID
		if step == 0 {
			vendor.Incidents = append(vendor.Incidents, simulate.Incident{Name: fmt.Sprintf("Slow responses, number %d",
				hour/4), Impact: "minor"})
		}
		incident := &vendor.Incidents[len(vendor.Incidents)-1]
		update := simulate.Update{State: states[step], At: at,
			Body: fmt.Sprintf("We look into slow responses since **hour %d** and will tell more within the hour.",
				hour)}
		switch step {
		case 0:
			update.Sets = []simulate.Status{{Component: part, Status: "degraded_performance"}}
		case 3:
			update.Sets = []simulate.Status{{Component: part, Status: "operational"}}
		}
		incident.Updates = append(incident.Updates, update)
		if step < 3 { // a summary shows what is open
			updates++
		}
	}
	now := begin
	world := simulate.New(func() time.Time { return now }, vendor)
	if err := world.Start(); err != nil {
		b.Fatal(err)
	}
	defer world.Close()
	folder = b.TempDir()
	for hour := range hours {
		now = begin.Add(time.Duration(hour) * time.Hour)
		resp, err := httpGet(world.URL("acme") + "/api/v2/summary.json")
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, now.Format("2006-01-02T15-04-05Z")+".json"), resp,
			0o600); err != nil {
			b.Fatal(err)
		}
	}
	return folder, updates
}

func httpGet(address string) ([]byte, error) {
	resp, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
