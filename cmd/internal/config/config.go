// Package config reads config.toml into checked values. All mistakes of a file are found in one
// pass, each with its line and with what to write instead.
package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
	"vendorwatch/scraper/platforms/feed"
)

// Config is config.toml with every default filled in and every value checked. Fields without a key
// in the file are made from those beside them.
type Config struct {
	// path of the SQLite file; Load makes it relative to the folder of the config file
	Database string   `toml:"database"`
	Schedule string   `toml:"schedule"`  // cron line on which every source is scraped; default "*/5 * * * *"
	TimeZone string   `toml:"time_zone"` // IANA zone that cron lines are read in; default "UTC"
	Timeout  Duration `toml:"timeout"`   // for one scrape of one source, all its requests together; default 60s
	// sources parsed and saved at one time, 1 to 1000; default 8, and one more for each 100 sources, up to 64
	Concurrency int `toml:"concurrency"`
	// an incident first seen longer than this after its start was added to the past and is not alerted; default 24h
	LateAfter Duration `toml:"late_after"`
	// how long the rows of table scrapes are kept; incidents are kept for ever; default 720h
	KeepScrapes Duration `toml:"keep_scrapes"`
	Fetch       Fetch    `toml:"fetch"`
	// folder with descriptions of pages, one file each, whose names vendors give as their platform; "": none. Load
	// makes it relative to the folder of the config file
	Descriptions string `toml:"descriptions"`

	Web Web `toml:"web"`
	// address under which people reach the dashboard, for links in messages; empty for none
	DashboardURL string    `toml:"dashboard_url"`
	Digests      []Digest  `toml:"digest"` // at least one: without any in the file, the default one, to stdout
	Channels     []Channel `toml:"-"`      // of the tables [[channel]], whose keys the kinds of channels say
	Alerts       Alerts    `toml:"alerts"`
	// in the order in which they are tried; where the file has none, the one that Alerts stands for, if any
	Routes    []Route   `toml:"route"`
	Calm      Calm      `toml:"calm"`
	Reminders Reminders `toml:"reminders"`
	Delivery  Delivery  `toml:"delivery"`
	Vendors   []Vendor  `toml:"vendor"`  // at least one; in the file's order, switched-off ones included
	Services  []Service `toml:"service"` // of ours, that need vendors; in the file's order
	Probes    []Probe   `toml:"probe"`   // checks of ours; in the file's order

	Described map[string]*custom.Selectors `toml:"-"` // what Descriptions has, by name

	Zone  *time.Location `toml:"-"` // of TimeZone
	Notes []string       `toml:"-"` // what is no mistake, but what whoever starts the program should read
}

// Fetch is how pages are asked for.
type Fetch struct {
	// name of the program in the User-Agent header; default "vendorwatch"
	UserAgent      string   `toml:"user_agent"`
	Contact        string   `toml:"contact"`         // mail address or http(s) URL of whoever runs it; required
	RequestTimeout Duration `toml:"request_timeout"` // for one request and its answer; default 20s
	Delay          Duration `toml:"delay"`           // between two requests to one domain, 0s for none; default 1s
	// largest answer that is read; a larger one is an error; default 16MiB
	MaxBytes      Size `toml:"max_bytes"`
	Retries       int  `toml:"retries"`        // further tries after a 5xx, a 429 or a time-out, 0 to 10; default 3
	RespectRobots bool `toml:"respect_robots"` // obey robots.txt; default false
	// how often pages of vendors that have trouble are read, 0s for as often as any; default 1m
	WhenOpen Duration `toml:"when_open"`
	// names or IP addresses of hosts of the own network whose pages are read, or which receive; default none
	PrivateHosts []string `toml:"private_hosts"`
	// file with certificate authorities that are trusted beside the system's, in PEM; default none. Load makes it
	// relative to the folder of the config file
	CAFile string `toml:"ca_file"`

	Roots *x509.CertPool `toml:"-"` // the system's and those of CAFile; nil without one
}

// Agent returns the User-Agent header: the name, and in brackets where to complain.
func (f Fetch) Agent() string {
	if strings.Contains(f.Contact, "://") {
		return fmt.Sprintf("%s (+%s)", f.UserAgent, f.Contact)
	}
	return fmt.Sprintf("%s (%s)", f.UserAgent, f.Contact)
}

// Vendor is a company whose status pages are watched.
type Vendor struct {
	Name string `toml:"name"` // required, unique
	// name for the command line, the file and URLs: a-z, 0-9 and dashes; default made from Name
	Slug string `toml:"slug"`
	// address of the first status page; the same as a first [[vendor.source]]; without any source, default the page
	// that scraper.LookupVendor has for Name
	URL string `toml:"url"`
	// platform of URL, and the default of its sources; default: what the catalogue knows of URL, else "statuspage", for
	// a page of the catalogue its own
	Platform   string   `toml:"platform"`
	Schedule   string   `toml:"schedule"`    // cron line; default Config.Schedule
	Timeout    Duration `toml:"timeout"`     // for one scrape of one source; default Config.Timeout
	Owner      string   `toml:"owner"`       // who in the company looks after this vendor
	RunbookURL string   `toml:"runbook_url"` // what to do when it is down
	Homepage   string   `toml:"homepage"`    // the vendor's own site
	Tags       []string `toml:"tags"`        // words to group vendors by
	Enabled    bool     `toml:"enabled"`     // false stops scraping and keeps the record; default true
	Filter     Filter   `toml:"filter"`      // which of its incidents concern us; default: all
	// what its page asks for before it answers; sent to the server of URL, and to those that Auth lists
	Auth    Auth     `toml:"auth"`
	SLA     SLA      `toml:"sla"`    // what it promises of its availability; default: nothing
	Sources []Source `toml:"source"` // every page of the vendor, that of URL first; at least one

	// zone of the times that its pages print without one, IANA; default UTC
	TimeZone string `toml:"time_zone"`

	// where URL, of the platform "custom", shows what; the default of its sources of that platform
	Page custom.Page `toml:"page"`
	// how URL, of the platform "feed", speaks; the default of its sources of that platform
	Feed feed.Speech `toml:"feed"`
}

// Source is one status page of a vendor.
type Source struct {
	URL      string   `toml:"url"`      // absolute http or https address without a slash at the end
	Platform string   `toml:"platform"` // default Vendor.Platform
	Schedule string   `toml:"schedule"` // cron line; default Vendor.Schedule
	Timeout  Duration `toml:"timeout"`  // default Vendor.Timeout
	Auth     Auth     `toml:"auth"`     // default Vendor.Auth, which goes to the servers that are meant there

	TimeZone string      `toml:"time_zone"` // default Vendor.TimeZone
	Page     custom.Page `toml:"page"`      // default Vendor.Page
	Feed     feed.Speech `toml:"feed"`      // default Vendor.Feed

	Cron        cron.Schedule     `toml:"-"` // of Schedule
	Credentials *scraper.Auth     `toml:"-"` // of Auth, with its secrets; nil for a public page
	Selectors   *custom.Selectors `toml:"-"` // of Page; nil but for the platform "custom"
	Dialect     *feed.Dialect     `toml:"-"` // of Feed; nil but for the platform "feed"
}

// defaults returns the values of keys that a file does not set. Those of a vendor, a source or a
// channel are filled in by the check, for they depend on others.
func defaults() *Config {
	return &Config{
		Database:    "vendorwatch.db",
		Schedule:    "*/5 * * * *",
		TimeZone:    "UTC",
		Timeout:     Duration{60 * time.Second},
		Concurrency: leastConcurrency,
		LateAfter:   Duration{24 * time.Hour},
		KeepScrapes: Duration{720 * time.Hour},
		Web:         Web{Listen: "127.0.0.1:8080"},
		Fetch: Fetch{
			UserAgent:      "vendorwatch",
			RequestTimeout: Duration{20 * time.Second},
			Delay:          Duration{time.Second},
			MaxBytes:       16 << 20,
			Retries:        3,
			WhenOpen:       Duration{time.Minute},
		},
		Calm: Calm{BreakThrough: normalize.SeverityCritical, Flapping: Duration{5 * time.Minute},
			Group: Duration{2 * time.Minute}, Cap: 60},
		Delivery: Delivery{RetryFor: Duration{24 * time.Hour}, RetryRejectedFor: Duration{10 * time.Minute}},
		Reminders: Reminders{
			Maintenance: Durations{{24 * time.Hour}, {time.Hour}},
			SilentAfter: Duration{4 * time.Hour}, Unreadable: Duration{24 * time.Hour},
		},
	}
}

// Load reads the file at path and takes secrets from the environment. kinds are the types of channels that there
// are. The error is tomlcheck.Mistakes if the file is wrong; it wraps fs.ErrNotExist if there is none.
func Load(path string, kinds ChannelKinds) (*Config, error) {
	return load(checker{file: path, kinds: kinds, env: os.Getenv})
}

// LoadToRead is Load for what reads the record only: secrets of pages are not looked up, so that one which is not
// set here is no mistake, nor is a file without vendors: they are to come.
func LoadToRead(path string, kinds ChannelKinds) (*Config, error) {
	return load(checker{file: path, kinds: kinds, env: os.Getenv, withoutSecrets: true,
		withoutVendors: true})
}

// missingFile is the error of a config file that is not there: an fs.ErrNotExist, whose text would repeat this one.
type missingFile string

func (path missingFile) Error() string {
	return fmt.Sprintf("config file %s does not exist; vendorwatch init writes one, and --config names another",
		string(path))
}

func (missingFile) Is(target error) bool { return target == fs.ErrNotExist }

func load(c checker) (*Config, error) {
	data, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missingFile(c.file)
	}
	if err != nil {
		return nil, fmt.Errorf("config file: %w", err)
	}
	if err := c.parse(data); err != nil {
		return nil, err
	}
	// A service is often started from another folder than its own; the file must not move with it.
	if !filepath.IsAbs(c.config.Database) {
		c.config.Database = filepath.Join(filepath.Dir(c.file), c.config.Database)
	}
	return c.config, nil
}

// Parse reads a config file's text. The name is the one shown in mistakes; kinds are the types of channels that there
// are; env returns the value of an environment variable, "" if it is not set, and may be nil. The error is
// tomlcheck.Mistakes.
func Parse(name string, data []byte, kinds ChannelKinds, env func(string) string) (*Config, error) {
	if env == nil {
		env = func(string) string { return "" }
	}
	c := checker{file: name, kinds: kinds, env: env}
	err := c.parse(data)
	return c.config, err
}

// parse reads data into c.config, which is nil if there is an error.
func (c *checker) parse(data []byte) error {
	channels, err := c.decode(data)
	if err != nil {
		return err
	}
	if !c.Broken() {
		c.check(channels)
	}
	if mistakes := append(c.Mistakes(), c.elsewhere...); len(mistakes) > 0 {
		c.config = nil
		return mistakes
	}
	return nil
}

// decode reads data into c.config, and returns the tables [[channel]] beside it.
func (c *checker) decode(data []byte) (channels reflect.Value, err error) {
	file := reflect.StructOf([]reflect.StructField{
		{Name: "Config", Type: reflect.TypeFor[Config](), Anonymous: true},
		{Name: "Channel", Type: reflect.SliceOf(c.kinds.table()), Tag: `toml:"channel"`},
	})
	value, document, err := tomlcheck.Decode(c.file, data, func() any {
		v := reflect.New(file)
		v.Elem().Field(0).Set(reflect.ValueOf(*defaults()))
		return v.Interface()
	})
	if err != nil {
		return reflect.Value{}, err
	}
	read := reflect.ValueOf(value).Elem()
	c.config, c.Document = read.Field(0).Addr().Interface().(*Config), document
	return read.Field(1), nil
}
