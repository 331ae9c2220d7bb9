package scraper_test

import (
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/azure"
)

var (
	categories = []string{
		"ai", "analytics", "cloud", "commerce", "communication", "crm", "data", "design", "development",
		"email", "finance", "hosting", "hr", "identity", "marketing", "media", "monitoring", "network",
		"office", "payments", "security", "support",
	}
	// unread are what serves some pages and has no reader here.
	unread = []string{
		"auth0", "freshstatus", "lambstatus", "okta", "onlineornot",
		"playstation", "posthog", "signal", "status.online", "status.page", "statuscake", "statushub", "stripe", "x",
	}
	regionGroups = []string{"africa", "apac", "ca", "cn", "eu", "latam", "me", "us"}
)

// TestCatalogueForm holds the form of every row, so that an entry can be used as it is.
func TestCatalogueForm(t *testing.T) {
	entries := scraper.Catalogue()
	if len(entries) < 2000 {
		t.Errorf("%d vendors; want at least 2000", len(entries))
	}
	text := regexp.MustCompile(`^[!-~]+( [!-~]+)*$`)
	alias := regexp.MustCompile(`^[a-z0-9][a-z0-9 .&-]*$`)
	domain := regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	address := regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+(/[!-~]+)?$`)
	packaged := regexp.MustCompile(`^(npm|pypi|gem|go|maven|nuget|composer|cargo|terraform):[!-~]+$`)
	evidence := regexp.MustCompile(`^(bytes|lists [1-9][0-9]*)$`)
	names, pages := map[string]string{}, map[string]string{}
	domains, packages := map[string]string{}, map[string]string{}
	once := func(t *testing.T, what string, taken map[string]string, value string, e scraper.Entry) {
		t.Helper()
		if owner, there := taken[value]; there {
			t.Errorf("%s %q is that of %q already", what, value, owner)
		}
		taken[value] = e.Name
	}
	for _, e := range entries {
		t.Run(e.Name, func(t *testing.T) {
			if !text.MatchString(e.Name) {
				t.Errorf("name %q is not plain text", e.Name)
			}
			for _, a := range e.Aliases {
				if !alias.MatchString(a) {
					t.Errorf("alias %q is not written a-z, 0-9", a)
				}
			}
			for _, name := range e.FoldedNames() {
				if owner, taken := names[name]; taken || name == "" {
					t.Errorf("%q means %q already", name, owner)
				}
				names[name] = e.Name
			}
			u, err := url.Parse(e.Page)
			if err != nil || u.Scheme != "https" || !strings.Contains(u.Host, ".") ||
				u.Host != strings.ToLower(u.Host) ||
				u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(e.Page, "/") ||
				!text.MatchString(e.Page) || strings.Contains(e.Page, " ") {
				t.Errorf("page %q is not an absolute https address without a slash at the end", e.Page)
			}
			once(t, "page", pages, e.Page, e)
			for _, a := range e.AlsoAt {
				if !address.MatchString(a) {
					t.Errorf("also at %q: it is no address without https://", a)
				}
				once(t, "page", pages, "https://"+a, e)
			}
			for _, d := range e.Domains {
				if !domain.MatchString(d) {
					t.Errorf("domain %q is none", d)
				}
				once(t, "domain", domains, d, e)
			}
			for _, p := range e.Packages {
				if !packaged.MatchString(p) {
					t.Errorf("package %q has none of the known kinds", p)
				}
				once(t, "package", packages, p, e)
			}
			if !evidence.MatchString(e.Evidence) {
				t.Errorf("evidence %q says neither bytes nor how many lists", e.Evidence)
			}
			if e.Platform != "" && len(e.ServedBy) > 0 {
				t.Errorf("the platform is %s; what else may serve the page is for those without", e.Platform)
			}
			for _, name := range e.ServedBy {
				if _, err := platforms.Lookup(name); err != nil && !slices.Contains(unread, name) {
					t.Errorf("it is served by %q, which is no platform, and none that is known to be unread", name)
				}
			}
			if len(e.ServedBy) == 1 && !slices.Contains(unread, e.ServedBy[0]) {
				t.Errorf("it is served by %s alone, which is read: that is its platform", e.ServedBy[0])
			}
			switch p, err := platforms.Lookup(e.Platform); {
			case e.Platform == "":
			case err != nil:
				t.Error(err)
			case scraper.HomeOf(p, e.Page) != e.Page:
				t.Errorf("page %s is below the status page %s", e.Page, scraper.HomeOf(p, e.Page))
			case len(p.Start(scraper.Source{URL: e.Page})) == 0:
				t.Errorf("a scrape of %s begins nowhere", e.Page)
			}
			if e.Category != "" && !slices.Contains(categories, e.Category) {
				t.Errorf("category %q is none of %v", e.Category, categories)
			}
			for group, globs := range e.Regions {
				if !slices.Contains(regionGroups, group) {
					t.Errorf("region group %q is none of %v", group, regionGroups)
				}
				for _, glob := range globs {
					if _, err := path.Match(glob, "x"); err != nil || strings.TrimSpace(glob) == "" {
						t.Errorf("region group %q: glob %q: %v", group, glob, err)
					}
				}
			}
		})
	}
	if !slices.IsSortedFunc(entries, func(a, b scraper.Entry) int {
		return strings.Compare(scraper.FoldName(a.Name), scraper.FoldName(b.Name))
	}) {
		t.Error("the rows are not in the order of their names")
	}
}

// TestCatalogueRows holds that an entry is written as it was read, which a patch of the file depends on.
func TestCatalogueRows(t *testing.T) {
	file, err := os.ReadFile("catalogue.tsv")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(file), "\n")
	var written strings.Builder
	for _, e := range scraper.Catalogue() {
		written.WriteString(e.Row() + "\n")
	}
	if diff := cmp.Diff(rows, written.String()); diff != "" {
		t.Errorf("catalogue.tsv below its first line (-there +written)\n%s", diff)
	}
}

// TestLookupVendor holds what people write for the vendors that nearly everybody uses.
func TestLookupVendor(t *testing.T) {
	tests := []struct{ write, name, page, platform string }{
		{"GitHub", "GitHub", "https://www.githubstatus.com", "statuspage"},
		{"gh", "GitHub", "https://www.githubstatus.com", "statuspage"},
		{" git-hub ", "GitHub", "https://www.githubstatus.com", "statuspage"},
		{"Kustomer", "Kustomer", "https://status.kustomer.com", "statuspage"},
		{"aws", "AWS", "https://health.aws.amazon.com", "aws"},
		{"Amazon Web Services", "AWS", "https://health.aws.amazon.com", "aws"},
		{"GCP", "Google Cloud", "https://status.cloud.google.com", "googlecloud"},
		{"Azure", "Azure", "https://azure.status.microsoft", "azure"},
		{"M365", "Microsoft 365", "https://status.cloud.microsoft", ""},
		{"cf", "Cloudflare", "https://www.cloudflarestatus.com", "statuspage"},
		{"do", "DigitalOcean", "https://status.digitalocean.com", "statuspage"},
		{"pd", "PagerDuty", "https://status.pagerduty.com", "pagerduty"},
		{"slack", "Slack", "https://slack-status.com", "slack"},
		{"stripe", "Stripe", "https://www.stripestatus.com", ""},
		{"claude", "Anthropic", "https://status.claude.com", "statuspage"},
		{"chatgpt", "OpenAI", "https://status.openai.com", "incidentio"},
		{"lets encrypt", "Let's Encrypt", "https://letsencrypt.status.io", "statusio"},
		{"JIRA", "Jira", "https://jira-software.status.atlassian.com", "statuspage"},
		{"Confluence", "Confluence", "https://confluence.status.atlassian.com", "statuspage"},
		{"Trello", "Trello", "https://trello.status.atlassian.com", "statuspage"},
	}
	for _, tt := range tests {
		e, ok := scraper.LookupVendor(tt.write)
		got := []string{e.Name, e.Page, e.Platform}
		if diff := cmp.Diff([]string{tt.name, tt.page, tt.platform}, got); diff != "" || !ok {
			t.Errorf("LookupVendor(%q), found %v (-want +got):\n%s", tt.write, ok, diff)
		}
	}
	for _, write := range []string{"", " - ", "git", "github enterprise", "Acme"} {
		if e, ok := scraper.LookupVendor(write); ok {
			t.Errorf("LookupVendor(%q) = %q; want none", write, e.Name)
		}
	}
}

func TestFindVendors(t *testing.T) {
	tests := []struct {
		why, query string
		first      []string // the first names found
		among      []string // names found somewhere
		never      []string
	}{
		{why: "an exact name comes before longer ones", query: "intercom", first: []string{"Intercom", "Intercom AU",
			"Intercom EU"}},
		{why: "an alias is as good as the name", query: "GCP", first: []string{"Google Cloud"}},
		{why: "a beginning finds all that begin so", query: "data", among: []string{"Databricks", "Datadog",
			"DataDome"}, never: []string{"GitHub"}},
		{why: "a beginning comes before a word in the middle", query: "cloud", first: []string{"Cloud 66",
			"CloudAMQP"}, among: []string{"Google Cloud", "Cloudflare"}},
		{why: "words in any order", query: "maps google", first: []string{"Google Maps Platform"}},
		{why: "every word has to be there", query: "google payments", never: []string{"Google Cloud", "Stripe"}},
		{why: "a word of the host", query: "stripestatus", first: []string{"Stripe"}},
		{why: "a category", query: "payments", among: []string{"Stripe", "PayPal", "Adyen"},
			never: []string{"GitHub"}},
		{why: "punctuation does not count", query: "fly-io", first: []string{"Fly.io"}},
		{why: "nothing finds nothing", query: " ?! ", never: []string{"GitHub"}},
		{why: "what is unknown is not found", query: "acme corporation", never: []string{"GitHub"}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			var names []string
			for _, e := range scraper.FindVendors(tt.query) {
				names = append(names, e.Name)
			}
			if len(names) < len(tt.first) {
				t.Fatalf("found %q; want %q first", names, tt.first)
			}
			if diff := cmp.Diff(tt.first, names[:len(tt.first)]); tt.first != nil && diff != "" {
				t.Errorf("first (-want +got):\n%s", diff)
			}
			for _, name := range tt.among {
				if !slices.Contains(names, name) {
					t.Errorf("%q is not among %q", name, names)
				}
			}
			for _, name := range tt.never {
				if slices.Contains(names, name) {
					t.Errorf("%q is among %q", name, names)
				}
			}
		})
	}
}

// TestRegionsMatchTheVendorsWords holds that the groups of a large cloud hold the places as its own
// documents write them.
func TestRegionsMatchTheVendorsWords(t *testing.T) {
	tests := []struct{ vendor, place, group string }{
		{"AWS", "us-east-1", "us"},
		{"AWS", "us-gov-west-1", "us"},
		{"AWS", "eu-central-1", "eu"},
		{"AWS", "ca-central-1", "ca"},
		{"AWS", "ap-southeast-2", "apac"},
		{"AWS", "me-south-1", "me"},
		{"AWS", "sa-east-1", "latam"},
		{"AWS", "cn-north-1", "cn"},
		{"Google Cloud", "Iowa (us-central1)", "us"},
		{"Google Cloud", "Frankfurt (europe-west3)", "eu"},
		{"Google Cloud", "Montréal (northamerica-northeast1)", "ca"},
		{"Google Cloud", "Delhi (asia-south2)", "apac"},
		{"Google Cloud", "Melbourne (australia-southeast2)", "apac"},
		{"Google Cloud", "São Paulo (southamerica-east1)", "latam"},
		{"Google Cloud", "Global", ""},
		{"Cloudflare", "Europe", "eu"},
		{"Cloudflare", "Latin America & the Caribbean", "latam"},
		{"Cloudflare", "Albuquerque, NM, United States - (ABQ)", "us"},
		{"Cloudflare", "Toronto, ON, Canada - (YYZ)", "ca"},
		{"DigitalOcean", "FRA1", "eu"},
		{"DigitalOcean", "NYC3", "us"},
		{"Vultr", "São Paulo", "latam"},
		{"Vultr", "St. Louis", "us"},
	}
	for _, tt := range tests {
		e, _ := scraper.LookupVendor(tt.vendor)
		if diff := cmp.Diff(tt.group, groupsOf(e, tt.place)); diff != "" {
			t.Errorf("%s, %q (-want +got):\n%s", tt.vendor, tt.place, diff)
		}
	}
	everywhere := []string{"Global", "Non-Regional"}
	for _, place := range azure.Regions {
		e, _ := scraper.LookupVendor("Azure")
		if got := groupsOf(e, place); strings.Contains(got, ",") || (got == "") != slices.Contains(everywhere, place) {
			t.Errorf("Azure, %q is in the groups %q; want one", place, got)
		}
	}
}

func groupsOf(e scraper.Entry, place string) string {
	var in []string
	for group, globs := range e.Regions {
		if slices.ContainsFunc(globs, func(glob string) bool { ok, _ := path.Match(glob, place); return ok }) {
			in = append(in, group)
		}
	}
	slices.Sort(in)
	return strings.Join(in, ",")
}
