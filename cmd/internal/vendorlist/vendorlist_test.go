package vendorlist_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/vendorlist"
	"vendorwatch/scraper"
)

// TestRead holds that every form gives the same three vendors.
func TestRead(t *testing.T) {
	type wish = vendorlist.Wish
	for name, c := range map[string]struct {
		text string
		want []wish
	}{
		"lines": {"# ours\n- GitHub\n\n* Stripe  # payments\nstatus.acme.example\nFly.io\n" +
			"Okta (https://status.okta.com)\nNetlify: https://www.netlifystatus.com\n", []wish{
			{"GitHub", "", "list:2"}, {"Stripe", "", "list:4"}, {"", "status.acme.example", "list:5"},
			{"Fly.io", "", "list:6"}, {"Okta", "https://status.okta.com", "list:7"},
			{"Netlify", "https://www.netlifystatus.com", "list:8"}}},
		"lines of Windows": {"\xef\xbb\xbfGitHub\r\nhttps://status.acme.example/\r\n", []wish{
			{"GitHub", "", "list:1"}, {"", "https://status.acme.example/", "list:2"}}},
		"a column with a header": {"\n# of the CRM\nService Name\nGitHub\nName\n", []wish{{"GitHub", "", "list:4"},
			{"Name", "", "list:5"}}},
		"CSV with a header": {"Cost,Vendor,Status Page\n12,GitHub,https://www.githubstatus.com\n7,\"Stripe, Inc.\",\n" +
			",,\n",
			[]wish{{"GitHub", "https://www.githubstatus.com", "list:2"}, {"Stripe, Inc.", "", "list:3"}}},
		"CSV of StatusGator": {"id;display_name;status_page_url\n1;GitHub;https://www.githubstatus.com\n",
			[]wish{{"GitHub", "https://www.githubstatus.com", "list:2"}}},
		"CSV without a header": {"https://www.githubstatus.com,GitHub,12\nhttps://status.acme.example,Acme\n",
			[]wish{{"GitHub", "https://www.githubstatus.com", "list:1"},
				{"Acme", "https://status.acme.example", "list:2"}}},
		"columns with tabs": {"name\turl\nGitHub\thttps://www.githubstatus.com\n",
			[]wish{{"GitHub", "https://www.githubstatus.com", "list:2"}}},
		"OPML": {`<?xml version="1.0"?>
<opml version="2.0"><head><title>Feeds</title></head><body>
<outline text="Status pages">
<outline type="rss" text="GitHub" htmlUrl="https://www.githubstatus.com" xmlUrl="https://x.example/history.atom"/>
<outline text="Acme" title="Acme Status" xmlUrl="https://status.acme.example/feed.rss"/>
</outline></body></opml>`, []wish{{"GitHub", "https://www.githubstatus.com", "list:4"},
			{"Acme Status", "https://status.acme.example/feed.rss", "list:5"}}},
		"Uptime Kuma": {`{"version": "1.23.0", "notificationList": [{"name": "boss", "url": "https://chat.example"}],
			"monitorList": [{"id": 1, "name": "GitHub", "type": "http", "url": "https://www.githubstatus.com"},
			{"id": 2, "name": "Stripe", "type": "ping", "url": "https://", "hostname": "api.stripe.com"},
			{"id": 3, "name": "Folder", "type": "group", "url": "https://"}]}`,
			[]wish{{"GitHub", "https://www.githubstatus.com", "list: monitorList[0]"},
				{"Stripe", "api.stripe.com", "list: monitorList[1]"}, {"Folder", "", "list: monitorList[2]"}}},
		"StatusGator": {`{"success": true, "data": [{"id": "m1", "display_name": "Code", "service":
			{"name": "GitHub", "status_page_url": "https://www.githubstatus.com"}},
			{"id": "m2", "display_name": "Our site", "url": "https://acme.example"}]}`,
			[]wish{{"GitHub", "https://www.githubstatus.com", "list: data[0]"},
				{"Our site", "https://acme.example", "list: data[1]"}}},
		"a list of names": {`["GitHub", "https://status.acme.example"]`, []wish{{"GitHub", "", "list: [0]"},
			{"", "https://status.acme.example", "list: [1]"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := vendorlist.Read("list", []byte(c.text))
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
	for _, e := range scraper.Catalogue() { // a vendor that is called like a header
		if got, err := vendorlist.Read("list", []byte(e.Name+"\nGitHub\n")); err != nil || len(got) != 2 {
			t.Errorf("%q, the first of two: %+v, %v", e.Name, got, err)
		}
	}
	for text, want := range map[string]string{
		"":                           "has no vendors",
		"# nothing\n":                "has no vendors",
		"SQLite format 3\x00rest":    "is a database",
		"PK\x03\x04\xff\xfe":         "is no text in UTF-8",
		"<html><body></body></html>": "begins with <html>",
		"{\"name\": \"GitHub\"}":     "has no list of vendors",
		"[{]":                        "list: invalid character",
	} {
		if _, err := vendorlist.Read("list", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestFind holds what is found, and that nothing is found that somebody has to decide.
func TestFind(t *testing.T) {
	for _, c := range []struct{ what, name, url, result, vendor string }{
		{"a name", "github", "", vendorlist.Found, "GitHub"},
		{"an alias", "gh", "", vendorlist.Found, "GitHub"},
		{"its page", "", "https://www.githubstatus.com/", vendorlist.Found, "GitHub"},
		{"below its page", "", "https://www.githubstatus.com/history", vendorlist.Found, "GitHub"},
		{"its page without https", "", "www.githubstatus.com", vendorlist.Found, "GitHub"},
		{"a name of ours, its page", "Code", "https://www.githubstatus.com", vendorlist.Found, "GitHub"},
		{"its name, its site", "GitHub", "https://github.com/login", vendorlist.Found, "GitHub"},
		{"its name, our own site", "GitHub", "https://acme.example", vendorlist.Found, "GitHub"},
		{"its name, another page", "GitHub", "https://status.acme.example", vendorlist.Doubtful, "GitHub"},
		{"its API alone", "", "https://api.github.com/zen", vendorlist.Doubtful, "GitHub"},
		{"a status page of another", "Acme", "https://status.acme.example", vendorlist.Address, ""},
		{"an address alone", "", "https://acme.example/x", vendorlist.Address, ""},
		{"a misspelt name", "githu", "", vendorlist.Doubtful, "GitHub"},
		{"a name of nobody", "nosuchvendoratall", "", vendorlist.NotFound, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := vendorlist.Find([]vendorlist.Wish{{Name: c.name, URL: c.url}})
			if len(got) != 1 || got[0].Result != c.result || got[0].Entry.Name != c.vendor {
				t.Fatalf("%+v, want %s of %q", got, c.result, c.vendor)
			}
			if (got[0].Why == "") != (c.result == vendorlist.Found || c.result == vendorlist.Address) {
				t.Errorf("it says %q", got[0].Why)
			}
		})
	}
	twice := vendorlist.Find(vendorlist.Of([]string{"github, GH", "https://www.githubstatus.com"}))
	if len(twice) != 1 {
		t.Errorf("one vendor written three times is found %d times", len(twice))
	}
}

// TestFindWhole holds that every vendor of the catalogue is found by its name and by its page, and as itself.
func TestFindWhole(t *testing.T) {
	var names, pages []vendorlist.Wish
	all := scraper.Catalogue()
	for _, e := range all {
		names, pages = append(names, vendorlist.Wish{Name: e.Name}), append(pages, vendorlist.Wish{URL: e.Page})
	}
	for what, wishes := range map[string][]vendorlist.Wish{"name": names, "page": pages} {
		found := vendorlist.Find(wishes)
		if len(found) != len(all) {
			t.Errorf("by %s, %d of %d vendors are found", what, len(found), len(all))
			continue
		}
		for n, m := range found {
			if m.Entry.Name != all[n].Name {
				t.Errorf("%s %q finds %q (%s)", what, m.Given(), m.Entry.Name, m.Result)
			}
		}
	}
}
