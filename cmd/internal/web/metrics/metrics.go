// Package metrics gives Prometheus what the file knows.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Handler answers with the metrics.
func Handler(s *site.Site) http.Handler {
	return promhttp.HandlerFor(Registry(s), promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelError),
		// A file that cannot be read must not look like one without incidents.
		ErrorHandling:       promhttp.HTTPErrorOnError,
		MaxRequestsInFlight: 4,
	})
}

// Registry holds our metrics, and those of the program itself.
func Registry(s *site.Site) *prometheus.Registry {
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(collector{s}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// collector reads the file whenever it is asked. Label values are bounded by the configuration (vendors, their
// pages, channels) or are words of ours.
type collector struct{ *site.Site }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("vendorwatch_"+name, help, labels, nil)
}

var (
	descBuild = describe("build_info", "Always 1; the labels say which program this is.", "version", "goversion")
	descOpen  = describe("open_incidents", "Open incidents of a vendor. An event that several pages report counts "+
		"once. 0 is given only for vendors whose pages can be read.", "vendor", "severity")
	descStatus = describe("vendor_status", "1 for the status of a vendor, 0 for the others: operational, "+
		"degraded_performance, partial_outage, major_outage, under_maintenance, unknown. It is operational only "+
		"if all "+
		"of its pages were read when they were last due, and unknown if one was not.", "vendor", "status")
	descService = describe("service_status", "1 for the status of a service of ours, 0 for the others, as for a "+
		"vendor. It is operational only if everything that it needs is known to be.", "service", "status")
	descProbe = describe("probe_failing", "1 if a check of ours misses twice in a row or more, whoever is the cause, "+
		"else 0.", "probe", "vendor", "service")
	descOwn = describe("own_network_outage", "1 while checks of several vendors fail together, so that our own "+
		"network is taken for the cause, else 0.")
	descVendors = describe("vendors", "Watched vendors by status, as in vendor_status.", "status")
	descSources = describe("sources", "Status pages that are watched.")
	descUpCount = describe("sources_up", "Those that were read when their schedules last asked for it.")
	descNewest  = describe("last_success_timestamp_seconds",
		"When any watched status page was last read; 0 if none ever was.")
	descMaintenance = describe("maintenances_in_progress", "Maintenances of a vendor in progress.", "vendor")
	descUp          = describe("source_up",
		"1 if a status page was read when its schedule last asked for it, else 0.", "vendor", "page")
	descSuccess = describe("source_last_success_timestamp_seconds",
		"When a status page was last read; 0 if it never was.", "vendor", "page")
	descFailures = describe("source_consecutive_failures",
		"Attempts to read a status page that failed since the last success.", "vendor", "page")
	descInterval = describe("source_interval_seconds",
		"Time between two scrapes of a status page by its schedule; 0 if not known.", "vendor", "page")
	descTook = describe("source_last_scrape_duration_seconds",
		"How long the last scrape of a status page took, without saving.", "vendor", "page")
	descOutcome = describe("source_last_scrape_outcome", "Always 1; the label says how the last scrape of a status "+
		"page ended: changed, unchanged, partial, unreadable, failed.", "vendor", "page", "outcome")
	descDeliveries = describe("deliveries",
		"Messages to a channel on record, by state: pending, held, delivered, refused, skipped.", "channel", "state")
	descWaiting = describe("delivery_oldest_waiting_age_seconds",
		"How long the oldest message that is due for a channel has been waiting; 0 if none is.", "channel")
	descEvent  = describe("last_event_id", "Number of the newest event on record.")
	descPutOff = describe("scrapes_put_off_total",
		"Readings that were due and left out since the start, because more was due than could be read.")
	descLate  = describe("scrapes_waiting", "Status pages that have waited long for their turn to be read.")
	descBytes = describe("database_size_bytes", "Size of the SQLite file, without its journal.")
)

// Describe implements prometheus.Collector.
func (collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descBuild, descStatus, descService, descProbe, descOwn,
		descOpen, descMaintenance, descUp,
		descVendors, descSources, descUpCount, descNewest, descSuccess, descFailures,
		descInterval, descTook, descOutcome, descDeliveries, descWaiting, descEvent, descBytes,
		descPutOff, descLate} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. If the file cannot be read, the whole answer is an error.
func (m collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), site.AnswerTime)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		for n, l := range labels {
			labels[n] = strings.ToValidUTF8(l, "\ufffd") // a label that is not UTF-8 would panic
		}
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	version := m.Version
	if version == "" {
		version = "unknown"
	}
	gauge(descBuild, 1, version, runtime.Version())
	late := m.Lateness()
	ch <- prometheus.MustNewConstMetric(descPutOff, prometheus.CounterValue, float64(late.PutOff))
	gauge(descLate, float64(late.Waiting))
	for _, part := range []struct {
		desc *prometheus.Desc
		read func(context.Context, func(*prometheus.Desc, float64, ...string)) error
	}{{descOpen, m.vendors}, {descService, m.services}, {descProbe, m.probes},
		{descUp, m.sources}, {descDeliveries, m.deliveries},
		{descEvent, m.file}} {
		if err := part.read(ctx, gauge); err != nil {
			ch <- prometheus.NewInvalidMetric(part.desc, err)
		}
	}
}

var allSeverities = []normalize.Severity{normalize.SeverityNone, normalize.SeverityMinor, normalize.SeverityMajor,
	normalize.SeverityCritical, normalize.SeverityUnknown}

var allStatuses = []normalize.ComponentStatus{normalize.StatusOperational, normalize.StatusDegraded,
	normalize.StatusPartial, normalize.StatusMajor, normalize.StatusMaintenance, normalize.StatusUnknown}

// eachSeries is up to how many vendors, and up to how many pages, each has series of its own. Beyond it only those have
// that are not well, or were not read: at 10,000 vendors all series would be 15 MB.
const eachSeries = 1000

func (m collector) probes(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) error {
	all, outages, err := m.DB.OwnChecks(ctx, m.Clock())
	if err != nil {
		return err
	}
	for _, p := range all {
		failing := 0.0
		if p.Misses >= 2 {
			failing = 1
		}
		gauge(descProbe, failing, p.Name, p.Vendor, p.Service)
	}
	lasts := 0.0
	if len(outages) > 0 && outages[0].ToAt == "" {
		lasts = 1
	}
	gauge(descOwn, lasts)
	return nil
}

func (m collector) vendors(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) error {
	at, err := m.DB.Present(ctx, m.Clock())
	if err != nil {
		return err
	}
	count := map[normalize.ComponentStatus]int{normalize.StatusOperational: at.Watched - len(at.Unwell)}
	for _, v := range at.Unwell {
		count[v.Status]++
	}
	for _, status := range allStatuses {
		gauge(descVendors, float64(count[status]), string(status))
	}
	states := at.Unwell
	if at.Watched <= eachSeries {
		if states, err = m.DB.Statuses(ctx, m.Clock()); err != nil {
			return err
		}
	}
	counts, err := m.Board.OpenCounts(ctx)
	if err != nil {
		return err
	}
	open := map[string]map[string]int{}
	for _, c := range counts {
		if open[c.Vendor] == nil {
			open[c.Vendor] = map[string]int{}
		}
		open[c.Vendor][c.Severity] = c.Open
	}
	for _, v := range states {
		if !v.Watched() {
			continue
		}
		for _, status := range allStatuses {
			value := 0.0
			if status == v.Status {
				value = 1
			}
			gauge(descStatus, value, v.Vendor, string(status))
		}
		for _, severity := range allSeverities {
			if n := open[v.Vendor][string(severity)]; n > 0 || v.Readable() {
				gauge(descOpen, float64(n), v.Vendor, string(severity))
			}
		}
		if v.Maintenances > 0 || v.Readable() {
			gauge(descMaintenance, float64(v.Maintenances), v.Vendor)
		}
	}
	return nil
}

func (m collector) services(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) error {
	all, err := m.DB.Services(ctx, m.Clock())
	for _, s := range all {
		for _, status := range allStatuses {
			value := 0.0
			if status == s.Status {
				value = 1
			}
			gauge(descService, value, s.Service, string(status))
		}
	}
	return err
}

func (m collector) sources(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) error {
	count, err := m.DB.SourceCount(ctx, m.Clock())
	if err != nil {
		return err
	}
	gauge(descSources, float64(count.Watched))
	gauge(descUpCount, float64(count.Watched-count.NotOk))
	gauge(descNewest, unixSeconds(count.NewestAt))
	read := m.DB.ScrapeHealth
	if count.Watched > eachSeries {
		read = m.DB.FailingScrapes
	}
	pulses, err := read(ctx, m.Clock())
	if err != nil {
		return err
	}
	for _, p := range pulses {
		up := 0.0
		if p.Health == "ok" {
			up = 1
		}
		gauge(descUp, up, p.Vendor, p.PageURL)
		gauge(descSuccess, unixSeconds(p.LastSuccessAt), p.Vendor, p.PageURL)
		gauge(descFailures, float64(p.ConsecutiveFailures), p.Vendor, p.PageURL)
		gauge(descInterval, float64(p.IntervalSeconds), p.Vendor, p.PageURL)
		if p.Outcome != "" {
			gauge(descTook, float64(p.TookMS)/1000, p.Vendor, p.PageURL)
			gauge(descOutcome, 1, p.Vendor, p.PageURL, string(p.Outcome))
		}
	}
	return nil
}

// unixSeconds is a stored time as Prometheus writes it; 0 for none.
func unixSeconds(at string) float64 {
	t := words.Time(at)
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

var deliveryStates = []string{"pending", "held", "delivered", "refused", "skipped"}

func (m collector) deliveries(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) error {
	counts, err := m.DB.DeliveryCounts(ctx)
	if err != nil {
		return err
	}
	channels := map[string]map[string]query.DeliveryCount{}
	for _, c := range counts {
		if channels[c.Channel] == nil {
			channels[c.Channel] = map[string]query.DeliveryCount{}
		}
		channels[c.Channel][c.State] = c
	}
	for channel, by := range channels {
		for _, state := range deliveryStates {
			gauge(descDeliveries, float64(by[state].Count), channel, state)
		}
		age := time.Duration(0)
		if oldest := words.Time(by["pending"].DueAt); !oldest.IsZero() {
			age = max(0, m.Clock().Sub(oldest))
		}
		gauge(descWaiting, age.Seconds(), channel)
	}
	return nil
}

func (m collector) file(ctx context.Context, gauge func(*prometheus.Desc, float64, ...string)) error {
	last, err := m.DB.LastEventID(ctx)
	if err != nil {
		return err
	}
	facts, err := m.DB.FileFacts(ctx)
	if err != nil {
		return err
	}
	gauge(descEvent, float64(last))
	gauge(descBytes, float64(facts.Bytes))
	return nil
}
