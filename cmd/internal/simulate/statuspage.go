package simulate

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The number of incidents Statuspage gives in its lists and in its feeds.
const (
	listed  = 50
	inFeeds = 25
)

// statuspageDocument renders a document of a Statuspage. Paths are those Statuspage publishes
// (https://confluence.status.atlassian.com/api), and those its pages themselves link to.
func statuspageDocument(p page, path, number string) (document, bool) {
	if path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	switch path {
	case "/", "":
		return p.html(p.home(), later(p.updatedAt, p.midnight())), true
	case "/history":
		return p.html(p.historyHTML(pageNumber(number)), later(p.updatedAt, p.midnight())), true
	case "/history.json":
		return p.json(p.history(pageNumber(number))), true
	case "/history.atom":
		return document{contentType: "application/atom+xml; charset=utf-8", body: []byte(p.atom()),
			changedAt: p.updatedAt}, true
	case "/history.rss":
		return document{contentType: "application/rss+xml; charset=utf-8", body: []byte(p.rss()),
			changedAt: p.updatedAt}, true
	}
	if name, found := strings.CutPrefix(path, "/api/v2/"); found {
		if body := p.api(name); body != nil {
			return p.json(body), true
		}
	}
	id, found := strings.CutPrefix(strings.TrimPrefix(path, "/api/v2"), "/incidents/")
	if !found {
		return document{}, false
	}
	if code, isJSON := strings.CutSuffix(id, ".json"); isJSON {
		if s, ok := p.incident(code); ok {
			return p.json(p.single(s)), true
		}
	} else if s, ok := p.incident(id); ok && !strings.HasPrefix(path, "/api/") {
		return p.html(p.incidentHTML(s), p.updatedAt), true
	}
	return document{}, false
}

// api renders the lists of the API; nil for a name that is none.
func (p page) api(name string) any {
	switch name {
	case "summary.json":
		return p.summary()
	case "status.json":
		return spStatusDoc{p.spPage(), p.spStatus()}
	case "components.json":
		return spComponentsDoc{p.spPage(), p.spComponents()}
	case "incidents.json":
		return p.incidentsDoc(func(story) bool { return true })
	case "incidents/unresolved.json":
		return p.incidentsDoc(story.open)
	case "scheduled-maintenances.json":
		return p.maintenancesDoc(func(story) bool { return true })
	case "scheduled-maintenances/upcoming.json":
		return p.maintenancesDoc(func(s story) bool { return s.state == "scheduled" })
	case "scheduled-maintenances/active.json":
		return p.maintenancesDoc(func(s story) bool { return s.open() && s.state != "scheduled" })
	}
	return nil
}

// pick returns the incidents, or the maintenances, that pass, newest first, 50 at the most.
func (p page) pick(maintenance bool, pass func(story) bool) []story {
	var out []story
	for _, s := range p.incidents {
		if s.Maintenance() == maintenance && pass(s) && len(out) < listed {
			out = append(out, s)
		}
	}
	return out
}

func (p page) incident(id string) (story, bool) {
	for _, s := range p.incidents {
		if s.ID == id {
			return s, true
		}
	}
	return story{}, false
}

// groups returns the names of the component groups in order, without the empty one.
func (p page) groups() []string {
	var out []string
	for _, c := range p.parts {
		if c.Group != "" && !slices.Contains(out, c.Group) {
			out = append(out, c.Group)
		}
	}
	return out
}

// groupID makes an id for a group, which the script does not give one.
func (p page) groupID(name string) string {
	return code("group", p.ID, name)
}

// midnight is when the page's day began: the documents that name today change then.
func (p page) midnight() time.Time {
	y, m, d := p.now.In(p.location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.location())
}

func pageNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// incidentURL is the address of an incident's own page.
func (p page) incidentURL(s story) string { return p.base + "/incidents/" + s.ID }
