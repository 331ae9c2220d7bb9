package discover_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/discover"
	"vendorwatch/scraper"
)

// A company's files, what is to be found in each, and no more.
var files = []struct{ name, text, want string }{
	{"acme.zone", `$ORIGIN acme.test.
@       IN SOA ns1.acme.test. hostmaster.acme.test. 7
@       IN MX 10 aspmx.l.google.com.
@       IN TXT "v=spf1 include:sendgrid.net include:mail.zendesk.com -all"
shop    IN CNAME shops.myshopify.com.
status  IN CNAME acme.statuspage.io.
cdn     IN CNAME d111111abcdef8.cloudfront.amazonaws.com. ; close to the customer
old     IN CNAME notstripe.com.
`, "AWS domain 7, SendGrid domain 4, Shopify domain 5, Zendesk domain 4"},
	{"package.json", `{
  "repository": "https://github.com/acme/shop",
  "dependencies": {
    "@adyen/api-library": "^1.0.0",
    "@sentry/node": "^9.0.0",
    "stripe-js-of-somebody": "1.0.0",
    "linear": "2.0.0"
  }
}
`, "Adyen package 4, Sentry package 5"},
	{"go.mod", `module acme.test/shop

require (
	github.com/google/go-github/v70 v70.0.0
	github.com/aws/nothing v1.0.0
	modernc.org/sqlite v1.0.0
)
`, "GitHub package 4"},
	{"requirements.txt", "Adyen==12.0\n# ably is gone\nrequests>=2\n", "Adyen package 1"},
	{"main.tf", `terraform {
  required_providers {
    dd = {
      source = "datadog/datadog"
    }
  }
}
provider "google" {}
# provider "cloudflare" {}
resource "aws_route53_record" "shop" { records = ["shops.myshopify.com"] }
`, "Datadog package 4, Google Cloud package 8, Shopify domain 10"},
	{"expenses.csv", `date,merchant,amount,note
2026-10-01,"Datadog, Inc.",120.00,monitoring
2026-10-02,PagerDuty Inc,99.00,we close the month
2026-10-02,Slab,10.00,square
2026-10-03,Linear,10.00,linear growth
2026-10-03,Taxi,10.00,paid by jo@gmail.com
2026-10-04,The GitHub of cooking,10.00,book
`, "Datadog name 2, PagerDuty name 3"},
	{"apps.txt", "Okta\nClose\nGitLab\n- Google Workspace\nNotion\n",
		"GitLab name 3, Google Workspace name 4, Okta name 1"},
	{"bookmarks.html", `<DT><A HREF="https://acme.pagerduty.com/incidents">On call</A>
<DT><A HREF="https://example.com/?to=slab">Slab</A>
`, "PagerDuty domain 1"},
}

func TestFound(t *testing.T) {
	right, found, all := 0, 0, 0
	for _, file := range files {
		t.Run(file.name, func(t *testing.T) {
			f := discover.New(scraper.Catalogue())
			if err := f.Read(file.name, strings.NewReader(file.text)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range f.Found() {
				for _, h := range v.Hits {
					if h.File != file.name {
						t.Errorf("a hit in %s", h.File)
					}
					got = append(got, fmt.Sprintf("%s %s %d", v.Name, h.Kind, h.Line))
				}
			}
			slices.Sort(got)
			want := strings.Split(file.want, ", ")
			for _, w := range want {
				if slices.Contains(got, w) {
					right++
				}
			}
			all, found = all+len(want), found+len(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("found (-want +got)\n%s", diff)
			}
		})
	}
	t.Logf("precision %d of %d, recall %d of %d", right, found, right, all)
}

// TestOrder holds that stronger evidence comes first, then more of it.
func TestOrder(t *testing.T) {
	f := discover.New(scraper.Catalogue())
	for _, file := range []struct{ name, text string }{
		{"apps.txt", "Okta\nOkta\nOkta\n"},
		{"package.json", `"@adyen/api-library": "1"`},
		{"hosts", "api.stripe.com\nacme.pagerduty.com\neu.pagerduty.com\n"},
	} {
		if err := f.Read(file.name, strings.NewReader(file.text)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, v := range f.Found() {
		got = append(got, v.Name)
	}
	if diff := cmp.Diff([]string{"PagerDuty", "Stripe", "Adyen", "Okta"}, got); diff != "" {
		t.Errorf("order (-want +got)\n%s", diff)
	}
}

func TestWhatIsNoText(t *testing.T) {
	f := discover.New(scraper.Catalogue())
	if err := f.Read("book.xlsx", strings.NewReader("PK\x03\x04\x00\x00okta.com")); !errors.Is(err,
		discover.ErrBinary) {
		t.Errorf("a spreadsheet: %v", err)
	}
	if err := f.Read("all.min.js", strings.NewReader(strings.Repeat("x", 9<<20))); err == nil ||
		!strings.Contains(err.Error(), "all.min.js") {
		t.Errorf("a line of 9 MB: %v", err)
	}
	if found := f.Found(); found == nil || len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// TestEnglishNames holds that no word of the list is a word of its own: each is a vendor's name, whom a line that says
// no more than this word does not mean.
func TestEnglishNames(t *testing.T) {
	names := map[string]bool{}
	for _, e := range scraper.Catalogue() {
		for _, name := range append([]string{e.Name}, e.Aliases...) {
			names[discover.Fold(name)] = true
		}
	}
	f := discover.New(scraper.Catalogue())
	for _, word := range discover.English {
		if !names[word] {
			t.Errorf("%q is no vendor's name", word)
		}
		if err := f.Read("words.txt", strings.NewReader(word+"\n"+word+" inc\n")); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range f.Found() {
		t.Errorf("%s is found by %q", v.Name, v.Hits[0].What)
	}
}
