package upstream_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/upstream"
)

var noon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

// What a sentence says of providers, as "provider stance region".
func TestRead(t *testing.T) {
	for _, c := range []struct {
		title, post string
		want        []string
	}{
		{"Kelp builds are late", "Builds fail due to an outage at GitHub.", []string{"github blames"}},
		{"GitHub outage delays our builds", "", []string{"github tells_of"}},
		{"", "We see errors as a result of the global Cloudflare outage.", []string{"cloudflare blames"}},
		{"", "A CloudFlare incident is affecting our dashboard.", []string{"cloudflare blames"}},
		{"", "This seems related to an Azure networking problem.", []string{"azure blames"}},
		{"", "It is related to a Microsoft-side outage.", []string{"microsoft blames"}},
		{"", "We look into an issue with Google Cloud Platform, one of our providers.",
			[]string{"google-cloud blames"}},
		{"", "Our hosting provider, AWS, has an outage.", []string{"aws blames"}},
		{"", "Since 06:56 UTC we feel an outage caused by problems at AWS in us-east-1.",
			[]string{"aws blames us-east-1", "aws in_region us-east-1"}},
		{"Upstream provider issue in us-east-1", "", []string{" blames", "aws blames us-east-1"}},
		{"Slow searches following AWS outage", "", []string{"aws tells_of"}},
		{"Errors from GCP", "", []string{"google-cloud tells_of"}},
		{"Some runs may not start due to the AWS outage", "", []string{"aws blames"}},

		// A place is no cause.
		{"Clusters in Azure Central US are degraded", "", []string{"azure in_region Central US"}},
		{"", "Uploads from hosts in AWS eu-west-1 are delayed.", []string{"aws in_region eu-west-1"}},
		{"", "Tenants of our central us cluster see errors.", nil}, // a region's name that is ordinary English

		// Not hit, or not for that reason.
		{"Amazon Web Services incident awareness", "We watch the ongoing incident with Amazon Web Services.",
			[]string{"aws not_hit"}},
		{"", "No Kelp services are impacted by the ongoing AWS outage.", []string{"aws not_hit"}},
		{"", "AWS has an outage; Kelp isn't affected by the AWS outage.", []string{"aws not_hit"}},
		{"", "Users may not be able to log in due to the AWS outage, which impacts us.", []string{"aws blames"}},
		{"", "This is unrelated to the Cloudflare outage of today.", []string{"cloudflare unrelated"}},
		{"", "Our delays are not caused by the GitHub incident.", []string{"github unrelated"}},

		// Named, and blamed for nothing.
		{"", "Users may be unable to request new Let's Encrypt certificates.", nil},
		{"", "This is due to the dependency on Let's Encrypt issuance, which needs our DNS.", nil},
		{"", "Users cannot log in with GitHub or Google.", nil},
		{"", "Images on Docker Hub may be unavailable too.", nil},
		{"", "Read https://health.aws.amazon.com for their outage.", nil},
		{"Issues with the Zendesk app in Kelp", "", nil},

		// Nobody named.
		{"", "This is due to a third-party provider experiencing problems.", []string{" blames"}},
		{"", "We were told of an issue with an upstream provider that affects the panel.", []string{" blames"}},
		{"", "We have trouble: an issue at the end of our public cloud provider.", []string{" blames"}},
		{"", "Requests fail due to a broader outage with our partners.", []string{" blames"}},
		{"", "It went down due to an outage of a 3rd party service.", []string{" blames"}},
		{"", "This is due to an issue with an upstream model provider.", []string{" blames_model"}},
		{"", "We work with our provider on resolving the incident which is impacting some users.", nil},

		// Carriers.
		{"Degraded network performance", "This is caused by an issue with an upstream provider.", nil},
		{"", "Our engineers work with our upstream network providers to resolve the issue.", nil},
		{"", "Calls fail due to an outage at our upstream carriers.", nil},

		// Its own name is no other's.
		{"Kelpworks GitHub", "Due to an issue with Kelpworks, nothing loads.", nil},
	} {
		i := upstream.Incident{Vendor: "kelpworks", Page: "status.kelpworks.example", Title: c.title, Opened: noon}
		var got []string
		for _, m := range upstream.Read(i, []upstream.Post{{At: noon, Text: c.post}}) {
			got = append(got, strings.TrimRight(m.Provider+" "+string(m.Stance)+" "+m.Region, " "))
		}
		slices.Sort(got)
		got = slices.Compact(got)
		want := slices.Sorted(slices.Values(c.want))
		if !slices.Equal(got, want) {
			t.Errorf("%q / %q\n says %q\nwant %q", c.title, c.post, got, want)
		}
	}
}

// The provider's own page does not witness for itself, nor do other pages of its company.
func TestReadOfTheProviderItself(t *testing.T) {
	for _, page := range []string{"www.githubstatus.com", "eu.githubstatus.com", "status.npmjs.org"} {
		i := upstream.Incident{Vendor: "x", Page: page, Title: "GitHub outage delays builds", Opened: noon}
		if got := upstream.Read(i, nil); len(got) > 0 {
			t.Errorf("%s: %+v", page, got)
		}
	}
}

func TestCompany(t *testing.T) {
	for host, want := range map[string]string{
		"jira-software.status.atlassian.com": "atlassian", "metastatuspage.com": "atlassian",
		"status.kelp.example": "kelp.example", "status.kelp.co.uk": "kelp.co.uk", "www.kelp.example": "kelp.example",
		"kelp.statuspage.io": "kelp.statuspage.io", "status.aws.amazon.com": "amazon", "localhost": "localhost",
		"status.npmjs.org": "github", "www.githubstatus.com": "github",
	} {
		if got := upstream.Company(host); got != want {
			t.Errorf("Company(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestPlace(t *testing.T) {
	for words, want := range map[string][2]string{
		"aws us-east-1": {"aws", "us-east-1"}, "aws": {"aws", ""}, "Cloudflare": {"cloudflare", ""},
		"azure West Europe": {"azure", "West Europe"}, "gcp": {"google-cloud", ""}, "docker hub": {"docker", ""},
		"github": {"github", ""}, "nobody": {"", ""}, "google-cloud europe-west1": {"google-cloud", "europe-west1"},
		"stripe": {"stripe", ""}, "us-east-1": {"aws", "us-east-1"},
	} {
		provider, region, ok := upstream.Place(words)
		if provider != want[0] || region != want[1] || ok != (want[0] != "") {
			t.Errorf("Place(%q) = %q, %q, %v; want %q", words, provider, region, ok, want)
		}
	}
}

// say makes an incident of a vendor of ours.
func say(id int64, vendor string, after time.Duration, title string, posts ...string) upstream.Incident {
	i := upstream.Incident{ID: id, Vendor: vendor, Page: "status." + vendor + ".example", Title: title,
		Kind: normalize.KindIncident, Origin: normalize.OriginVendor, Severity: normalize.SeverityMajor,
		Opened: noon.Add(after)}
	if vendor == "cloudflare" {
		i.Page = "www.cloudflarestatus.com"
	}
	var all []upstream.Post
	for n, p := range posts {
		all = append(all, upstream.Post{At: i.Opened.Add(time.Duration(n) * 15 * time.Minute), Text: p})
	}
	i.Says = upstream.Read(i, all)
	return i
}
