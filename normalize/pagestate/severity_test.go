package pagestate_test

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
)

// parts are components of the statuses in a text.
func parts(statuses string) []normalize.Component {
	var out []normalize.Component
	for _, word := range strings.Fields(statuses) {
		c := normalize.Component{Name: word, Status: normalize.ComponentStatus(word), VendorStatus: word}
		switch word {
		case "strange":
			c.Status = normalize.StatusUnknown
		case "paused":
			c.Status = normalize.StatusUnknown
		case "silent":
			c.Status, c.VendorStatus = normalize.StatusUnknown, ""
		}
		out = append(out, c)
	}
	return out
}

func TestSeverity(t *testing.T) {
	own := normalize.Words{
		Severities: map[string]normalize.Severity{"disrupted": normalize.SeverityMinor},
		Statuses:   map[string]normalize.ComponentStatus{"paused": normalize.StatusUnknown},
	}
	for _, c := range []struct {
		name, indicator, components string
		part                        bool
		want                        string
	}{
		{"raised", "major", "operational", false, "major page"},
		{"raised, and worse than its components", "critical", "degraded_performance", false, "critical page"},
		{"raised, and milder than its components", "minor", "major_outage major_outage", false, "minor page"},
		{"in words of a page", "Partial System Outage", "", false, "major page"},
		{"in words of one platform", "disrupted", "", false, "minor page"},
		{"in the status of a component", "Partial Outage", "", false, "major page"},
		{"a word that nobody knows", "wobbly", "operational", false, "unknown page"},
		{"a word that nobody knows, and one is degraded", "wobbly", "degraded_performance", false, "unknown page"},
		{"a word that nobody knows, and one is down", "wobbly", "operational major_outage", false, "major component"},
		{"well", "none", "operational", false, "none page"},
		{"well in words", "All Systems Operational", "", false, "none page"},
		{"well, without components", "operational", "", false, "none page"},
		{"well, one of many is red", "none", "operational major_outage operational", false, "minor component"},
		{"well, all are red", "none", "major_outage major_outage", false, "minor component"},
		{"well, one of a part of them is red", "none", "major_outage", true, "minor component"},
		{"well, work under way", "none", "under_maintenance", false, "none page"},
		{"well, a status that nobody knows", "none", "strange", false, "none page"},
		{"planned work", "maintenance", "under_maintenance operational", false, "none page"},
		{"planned work in other words", "Planned Maintenance", "", false, "none page"},
		{"planned work in the word of a state", "scheduled", "", false, "none page"},
		{"planned work, and one is red", "maintenance", "under_maintenance partial_outage", false, "minor component"},
		{"a notice", "notice", "", false, "none page"},

		{"all are down", "", "major_outage major_outage", false, "critical component"},
		{"all with a status are down", "", "major_outage paused silent", false, "critical component"},
		{"all are down, but one of a word that nobody knows", "", "major_outage strange", false, "major component"},
		{"all of those read are down", "", "major_outage", true, "major component"},
		{"some are down", "", "operational major_outage", false, "major component"},
		{"one is down, one under maintenance", "", "under_maintenance major_outage", false, "major component"},
		{"some are down in part", "", "operational partial_outage degraded_performance", false, "major component"},
		{"some are degraded", "", "operational degraded_performance", false, "minor component"},
		{"all are degraded", "", "degraded_performance degraded_performance", false, "minor component"},
		{"work under way", "", "operational under_maintenance", false, "none component"},
		{"nothing is red", "", "operational operational", false, "none component"},
		{"nothing is red, one is paused", "", "operational paused", false, "none component"},
		{"nothing is red of those read", "", "operational", true, " "},
		{"a status that nobody knows is not well", "", "operational strange", false, " "},
		{"no status at all", "", "silent paused", false, " "},
		{"nothing", "", "", false, " "},
	} {
		severity, because := pagestate.Severity(c.indicator, parts(c.components), !c.part, own)
		if got := string(severity) + " " + string(because); got != c.want {
			t.Errorf("%s: indicator %q, components %q: %q, want %q", c.name, c.indicator, c.components, got, c.want)
		}
	}
}
