package config

import (
	"strings"
	"testing"
	"time"
)

func TestProbes(t *testing.T) {
	const head = "[fetch]\ncontact = \"ops@acme.test\"\n[[vendor]]\nname = \"Acme\"\n" +
		"url = \"https://status.acme.test\"\n[[service]]\nname = \"checkout\"\nneeds = [\"acme\"]\n"
	const acme = "name = \"a\"\nvendor = \"acme\"\nurl = \"https://a.test\"\n"
	for name, c := range map[string]struct{ text, want string }{
		"all keys": {`name = "API"
			vendor = "Acme"
			url = "https://api.acme.test/health/"
			every = "30s"
			timeout = "5s"
			severity = "critical"
			[probe.expect]
			status = [200]
			text = "ok"
			json = { "data.0.status" = "ok" }
			within = "2s"
			certificate_days = 14`, ""},
		"of a service":    {"name = \"a\"\nservice = \"checkout\"\nurl = \"https://a.test\"", ""},
		"no name":         {"vendor = \"acme\"\nurl = \"https://a.test\"", "name: it is missing"},
		"nothing checked": {"name = \"a\"\nurl = \"https://a.test\"", "nothing says what is checked"},
		"both": {"name = \"a\"\nvendor = \"acme\"\nservice = \"checkout\"\nurl = \"https://a.test\"",
			"there is a vendor too"},
		"an unknown vendor": {"name = \"a\"\nvendor = \"acne\"\nurl = \"https://a.test\"",
			`"acne" is no vendor of this file; write "acme"`},
		"no service":     {"name = \"a\"\nservice = \"x\"\nurl = \"https://a.test\"", `"x" is no service of this file`},
		"no address":     {"name = \"a\"\nvendor = \"acme\"", "url: it is missing"},
		"no web address": {"name = \"a\"\nvendor = \"acme\"\nurl = \"tcp://a.test\"", "is not an http or https URL"},
		"too often":      {acme + "every = \"1s\"", "more often than every 10s"},
		"a long timeout": {acme + "timeout = \"2m\"", "2m is not above 0s and up to every"},
		"no severity":    {acme + "severity = \"none\"", "is not a severity of a probe"},
		"a wrong status": {acme + "expect.status = [20]", "20 is no status of HTTP"},
		"a wrong path": {acme + "expect.json = { \"a..b\" = \"1\" }",
			`"a..b" is not a path`},
		"no certificate": {"name = \"a\"\nvendor = \"acme\"\nurl = \"http://a.test\"\nexpect.certificate_days = 3",
			"has no certificate"},
		"late for ever": {acme + "expect.within = \"1m\"", "1m is longer than the timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse("config.toml", []byte(head+"[[probe]]\n"+c.text+"\n"), nil, nil)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case name == "all keys" && got.Probes[0].Vendor != "acme":
				t.Errorf("probe %+v", got.Probes[0])
			case name == "of a service" && (got.Probes[0].Every.Duration != time.Minute ||
				got.Probes[0].Severity != "major"):
				t.Errorf("probe %+v", got.Probes[0])
			}
		})
	}
}
