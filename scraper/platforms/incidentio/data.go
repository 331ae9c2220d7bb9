package incidentio

import (
	"slices"
	"strings"
)

// summary is the current data of a page of incident.io. A list that is missing stays nil.
type summary struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	PublicURL    string      `json:"public_url"`
	PageType     string      `json:"page_type"` // standalone, parent, sub_page
	Parent       any         `json:"parent"`
	Components   []component `json:"components"`
	Structure    *structure  `json:"structure"`
	Affected     []affected  `json:"affected_components"`
	Ongoing      []incident  `json:"ongoing_incidents"`
	Maintenances []incident  `json:"scheduled_maintenances"`
}

// component is a component as the page's structure names it (component_id) or its list does (id).
type component struct {
	ID          string `json:"id"`
	ComponentID string `json:"component_id"`
	Name        string `json:"name"`
}

type structure struct {
	Items []struct {
		Component *component `json:"component"`
		Group     *struct {
			Name       string      `json:"name"`
			Components []component `json:"components"`
		} `json:"group"`
		SubPage *subPage `json:"sub_page"`
	} `json:"items"`
}

// subPage is a page below a parent page, such as that of a region or a product.
type subPage struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	PublicURL string `json:"public_url"`
	Worst     string `json:"worst_component_status"`
}

type affected struct {
	ComponentID string `json:"component_id"`
	Status      string `json:"status"`         // the worst there was
	Current     string `json:"current_status"` // of an incident's component
}

type impact struct {
	ComponentID string `json:"component_id"`
	IncidentID  string `json:"status_page_incident_id"`
	Status      string `json:"status"`
	StartAt     string `json:"start_at"`
	EndAt       string `json:"end_at"`
}

type incident struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Status      string     `json:"status"`
	Type        string     `json:"type"` // incident, maintenance
	PublishedAt string     `json:"published_at"`
	Affected    []affected `json:"affected_components"`
	Impacts     []impact   `json:"component_impacts"`
	Summaries   []struct {
		Worst string `json:"worst_component_status"`
	} `json:"status_summaries"`
	Updates    []update `json:"updates"`
	WriteUp    any      `json:"write_up_contents"`
	WriteUpURL string   `json:"write_up_url"`
}

type update struct {
	ID          string `json:"id"`
	ToStatus    string `json:"to_status"`
	Status      string `json:"status"` // instead of to_status, in JSON below /proxy
	PublishedAt string `json:"published_at"`
	Text        string `json:"message_string"`
	Message     any    `json:"message"`
}

// history is the data of a page's chart: titles without timelines.
type history struct {
	Impacts []impact `json:"component_impacts"`
	Links   []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Permalink   string `json:"permalink"`
		PublishedAt string `json:"published_at"`
		Status      string `json:"status"`
	} `json:"incident_links"`
}

var impactOrder = []string{
	"", "operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage",
	"full_outage",
}

// worstOf returns the worst of incident.io's impact words. An unknown word comes before all others, so that a finding
// reports it.
func worstOf(words []string) string {
	worst := ""
	for _, word := range words {
		at := slices.Index(impactOrder, word)
		if at < 0 {
			return word
		}
		if at > slices.Index(impactOrder, worst) {
			worst = word
		}
	}
	return worst
}

// richText returns the text of a message in incident.io's editor's format, {"type":"doc","content":[…]},
// perhaps inside {"text_node":…} or {"markdown":…}, a paragraph a line.
func richText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if text, ok := v["markdown"].(string); ok {
			return text
		}
		if v["text_node"] != nil {
			return richText(v["text_node"])
		}
		if text, ok := v["text"].(string); ok {
			return text
		}
		if v["type"] == "lineBreak" || v["type"] == "hardBreak" {
			return "\n"
		}
		text := richText(v["content"])
		if v["type"] == "paragraph" || v["type"] == "heading" {
			return text + "\n\n"
		}
		if v["type"] == "listItem" {
			return "- " + strings.TrimSpace(text) + "\n"
		}
		if v["type"] == "doc" {
			return strings.TrimSpace(text)
		}
		return text
	case []any:
		var b strings.Builder
		for _, e := range v {
			b.WriteString(richText(e))
		}
		return b.String()
	}
	return ""
}
