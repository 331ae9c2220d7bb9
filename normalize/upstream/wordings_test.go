package upstream_test

import (
	"regexp"
	"strings"
	"testing"

	"vendorwatch/normalize/upstream"
)

// blaming are ways in which vendors say that a provider's trouble is the cause of theirs. X stands for its name; T at
// the start of a line for a title.
var blaming = []string{
	"X is currently experiencing an outage, which is causing errors in our API.",
	"X is having issues at the moment, and our dashboard cannot be reached.",
	"Our hosting provider X is down.",
	"We have identified the issue as an outage at X.",
	"We've identified the root cause as a failure within X.",
	"The root cause has been identified as an issue with X.",
	"The issue has been traced to X, our DNS provider.",
	"We believe the issue lies with X.",
	"The problem appears to be with X.",
	"This appears to be an issue with X.",
	"This is an issue with X and we are waiting on a resolution.",
	"We are seeing elevated error rates because X is experiencing problems.",
	"Due to X having issues, some requests fail.",
	"Due to the ongoing issues with X, uploads fail.",
	"Due to X's ongoing outage, uploads fail.",
	"We are being impacted by the X outage.",
	"We're affected by the global X outage.",
	"Our service is impacted by a widespread outage at X.",
	"We continue to monitor the X outage that is affecting our services.",
	"The outage at X continues to affect our services.",
	"The current X outage is impacting our login.",
	"An ongoing incident at X is causing elevated latency.",
	"A third-party outage (X) is causing delays.",
	"Our upstream provider (X) is experiencing an outage.",
	"Our upstream provider, X, has reported an incident.",
	"Our CDN provider, X, is currently experiencing a global outage.",
	"Our cloud provider X has confirmed that they are having network problems.",
	"X has acknowledged the issue and is working on a fix.",
	"X has confirmed an outage that affects our service.",
	"X reports that they have identified the root cause of the outage that hit our API.",
	"X has resolved the incident, and our services have recovered.",
	"X have implemented a fix and we see recovery.",
	"We are waiting for X to resolve their outage.",
	"We are waiting for X to restore service.",
	"We are actively working with X to resolve the outage on their side.",
	"There is an outage at X that impacts our customers.",
	"There's a global X outage affecting our site.",
	"Several of our services rely on X, which is experiencing a service disruption.",
	"X, which we use for DNS, is down.",
	"Some features that depend on X are unavailable because of their outage.",
	"Our systems run on X, and X has degraded performance right now.",
	"Requests routed through X are failing due to their ongoing incident.",
	"Elevated 5xx errors from X are causing failures in our API.",
	"Intermittent 503s caused by X.",
	"Errors are caused by X.",
	"Impact from the X outage continues.",
	"The incident was caused by our provider X.",
	"This incident was the result of a failure in X's network.",
	"This outage was triggered by an incident at X.",
	"The disruption stemmed from X.",
	"This is part of a larger outage at X.",
	"This is linked to the larger X outage.",
	"As a consequence of the X outage, mail is late.",
	"In light of the X outage we have paused deployments; builds fail.",
	"With X down, our login does not work.",
	"Since X is down, our login does not work.",
	"While X recovers from its outage, our queues are long.",
	"X recovers, and so do our services.",
	"Service has been restored following X's recovery.",
	"Our services are back now that X has recovered.",
	"TX outage",
	"TX Outage Impacting Kelp",
	"TKelp unavailable (X outage)",
	"TGlobal X outage",
	"TImpact of X incident",
	"TService disruption due to X",
	"TX is down",
	"TX service disruption affecting uploads",
	"TUploads failing because of X",
	"TThird party outage: X",
	"TElevated errors caused by X",
	"TOngoing X incident",
}

// notBlaming are ways in which vendors name a provider without saying that its trouble is theirs.
var notBlaming = []string{
	"Customers who use X as their identity provider cannot log in.",
	"We have moved traffic away from X.",
	"We have opened a ticket with X.",
	"The X integration is failing.",
	"Users cannot connect their X account.",
	"Errors when syncing with X.",
	"Notifications to X are delayed.",
	"Importing repositories from X is slow.",
	"We deployed a bad configuration to our X account, which caused errors.",
	"A misconfiguration on our side of the X connector caused delays.",
	"Our X certificate expired, which caused errors.",
	"We run on X in three regions; only our European region has issues.",
	"Metrics from X are missing because of a bug in our crawler.",
	"Our database on X ran out of disk space.",
	"A deploy to X failed and was rolled back.",
	"We are unaffected by the X outage.",
	"We are not affected by the outage at X.",
	"The X outage does not affect Kelp.",
	"The X outage has no impact on our services.",
	"Kelp is fully operational during the X outage.",
	"Kelp services remain operational despite the X outage.",
	"We are aware of the X outage and see no impact so far.",
	"We are monitoring the X outage; Kelp continues to operate normally.",
	"The X incident is over, and was not related to ours.",
	"Although X had an outage today, this incident had another cause.",
	"This is not an X issue.",
	"We first suspected X, but the cause was a bug of ours.",
	"We ruled out X as the cause.",
	"Please follow our updates on X and Mastodon.",
	"We are working with X to resolve the issue.",
	"Syncing X is degraded.",
	"Logins with GitLab and X are unavailable.",
	"The connection between Kelp and X is down.",
	"Our X instance is down.",
	"Our link to X is down; we are repairing it.",
	"A job that reads from X is down.",
	"We have identified an issue with our X integration.",
	"We have identified an issue with repositories hosted on X.",
	"This is an issue with X imports.",
	"Customers reported issues with X logins.",
	"Webhooks from X were dropped as a result of a bug in our queue.",
	"X users are experiencing errors when they log in to Kelp.",
	"Clusters on X are experiencing elevated latency due to our deploy.",
	"After upgrading our X plan, requests failed.",
	"We are rolling out the fix to X regions.",
	"Accounts that were migrated to X have recovered.",
	"TMaintenance of our X integration",
	"TX connector fails",
	"TX login is slow",
	"TUnable to export to X",
	"TX sync delayed",
	"TMissing X metrics",
	"TDelayed X webhooks",
	"TX builds of Kelp time out",
	"TWe are not affected by the X outage",
	"TX outage: Kelp not affected",
}

// TestWordings measures how many wordings are understood: of those that blame, and of those that do not.
func TestWordings(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  bool
		least int
	}{{"blaming", blaming, true, len(blaming) * 9 / 10}, {"not blaming", notBlaming, false, len(notBlaming)}} {
		right := 0
		for _, line := range c.lines {
			var wrong []string
			for _, name := range []string{"Cloudflare", "AWS", "Google Cloud", "GitHub", "Azure"} {
				if (blames(line, name)) != c.want {
					wrong = append(wrong, name)
				}
			}
			if len(wrong) == 0 {
				right++
			} else {
				t.Logf("%s: %q: %q", c.name, line, wrong)
			}
		}
		t.Logf("%s: %d of %d", c.name, right, len(c.lines))
		if right < c.least {
			t.Errorf("%s: %d of %d understood; want %d", c.name, right, len(c.lines), c.least)
		}
	}
}

func blames(line, provider string) bool {
	i := upstream.Incident{Vendor: "kelpworks", Page: "status.kelpworks.example", Title: "Trouble", Opened: noon}
	line = withName(line, provider)
	var posts []upstream.Post
	if line[0] == 'T' && line[1] != 'h' {
		i.Title = line[1:]
	} else {
		posts = []upstream.Post{{At: noon, Text: line}}
	}
	for _, m := range upstream.Read(i, posts) {
		if (m.Stance == upstream.Blames || m.Stance == upstream.TellsOf) && m.Provider != "" {
			return true
		}
	}
	return false
}

var theName = regexp.MustCompile(`\bX\b|^TX\b`)

func withName(line, name string) string {
	return theName.ReplaceAllStringFunc(line, func(s string) string { return strings.Replace(s, "X", name, 1) })
}
