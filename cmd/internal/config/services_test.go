package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServices(t *testing.T) {
	c, err := Parse("config.toml", []byte(`
fetch.contact = "ops@vendorwatch.test"
[[service]]
name = "checkout"
critical = true
owner = "payments"
runbook_url = "https://wiki.vendorwatch.test/checkout"
needs = ["stripe: Card   payments", "Amazon: Web Services: eu-west-1 EC2", "Off", "STRIPE"]
[[service]]
name = "Back office"
needs = ["stripe: API"]
[[vendor]]
name = "Stripe"
url = "https://status.stripe.test"
[[vendor]]
name = "Amazon: Web Services"
slug = "aws"
url = "https://status.aws.test"
[[vendor]]
name = "Off"
enabled = false
url = "https://status.off.test"
`), testKinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Need{{"stripe: Card   payments", "stripe", "Card payments"},
		{"Amazon: Web Services: eu-west-1 EC2", "aws", "eu-west-1 EC2"}, {"Off", "off", ""}, {"STRIPE", "stripe", ""}}
	if diff := cmp.Diff(want, c.Services[0].Need); diff != "" {
		t.Errorf("needs (-want +got)\n%s", diff)
	}
	if slug := c.Services[1].Slug; slug != "back-office" {
		t.Errorf("slug %q", slug)
	}
	if diff := cmp.Diff([]string{"checkout", "Back office"}, c.Needing("stripe")); diff != "" {
		t.Errorf("needing stripe (-want +got)\n%s", diff)
	}
	notes := strings.Join(c.Notes, "\n")
	if !strings.Contains(notes, `service "checkout" needs "Off", which is switched off`) {
		t.Errorf("notes: %s", notes)
	}
}
