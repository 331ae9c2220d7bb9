package simulate

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const poweredBy = `<span class="color-secondary powered-by">` +
	`<a class="color-secondary" target="_blank" rel="noopener noreferrer nofollow" ` +
	`href="https://www.atlassian.com/software/statuspage">Powered by Atlassian Statuspage</a></span>`

func (p page) html(body string, changedAt time.Time) document {
	return document{contentType: "text/html; charset=utf-8", body: []byte(body), changedAt: changedAt}
}

// frame puts the document around a page's content. kind is index, history or incident.
func (p page) frame(kind, subject, canonical, content string) string {
	title := p.Name + " Status"
	description := "Welcome to " + p.Name + "'s home for real-time and historical data on system performance."
	open := ""
	if subject != "" {
		title += " - " + subject
		description = p.Name + "'s Status Page - " + subject + "."
	}
	if kind == "incident" {
		open = fmt.Sprintf(`
      <meta name="twitter:card" content="summary">
  <meta property="og:type" content="article">
  <meta property="og:url" content="%s">
  <meta property="og:title" content="%s">
  <meta property="og:description">
`, esc(canonical), esc(subject))
	}
	return fmt.Sprintf(`<!DOCTYPE html>
<html lang="en">
  <head>
    <meta http-equiv="X-UA-Compatible" content="IE=edge">
    <!-- force IE browsers in compatibility mode to use their most aggressive rendering engine -->

    <meta charset="utf-8">
    <title>%s</title>
    <meta name="description" content="%s">

    <!-- Time this page was rendered - http://purl.org/dc/terms/issued -->
    <meta name="issued" content="%d">

    <link rel="alternate" type="application/atom+xml" href="%s/history.atom" title="%s Status History - Atom Feed">
    <link rel="alternate" type="application/rss+xml" href="%s/history.rss" title="%s Status History - RSS Feed">

      <!-- Canonical Link to ensure that only the custom domain is indexed when present -->
      <link rel="canonical" href="%s">

    <script>
      window.pageColorData = {"blue":"#3498DB","border":"#E0E0E0","green":"#2FCC66","orange":"#E67E22",`+
		`"red":"#E74C3C","yellow":"#F1C40F"};
    </script>
%s
  </head>


  <body class="status %s status-%s">

%s
  </body>
</html>
`, esc(title), esc(description), p.updatedAt.Unix(), p.base, esc(p.Name), p.base, esc(p.Name), esc(canonical), open,
		kind, p.worst(), content)
}

func (p page) masthead() string {
	return fmt.Sprintf(`      <div class="masthead-container premium">
    <div class="masthead">
      <div class="text-container">
        <span class="page-name font-largest">
            <a target="_blank" href="%s">%s</a>
        </span>
          
  <div class="updates-dropdown-container" data-js-hook="updates-dropdown-container">
          <div class="updates-dropdown-section atom" id="updates-dropdown-atom" role="tabpanel" `+
		`aria-labelledby="updates-dropdown-atom-btn">
            Get the <a href="%s/history.atom" target="_blank">Atom Feed</a> or <a href="%s/history.rss" `+
		`target="_blank">RSS Feed</a>.
          </div>
  </div>

      </div>
    </div>

</div>
`, p.base, escText(p.Name), p.base, p.base)
}

// incidentHTML is an incident's own page: the whole timeline, newest first, and what it affected.
func (p page) incidentHTML(s story) string {
	what := `Incident

          Report for`
	if s.Maintenance() {
		what = `Scheduled Maintenance

          Report for`
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="layout-content status status-incident">
  

  <div class="container">
    <div class="page-title">
      <h1 class="color-primary incident-name whitespace-pre-wrap impact-%s">%s</h1>
      <div class="font-largest color-secondary subheader ">
            %s <a class="color-secondary" href="/">%s</a>
      </div>
    </div>

    <div class="incident-updates-container">
`, s.impact, escText(s.title), what, escText(p.Name))
	if s.Maintenance() {
		fmt.Fprintf(&b, `      <div class="scheduled-for font-regular color-secondary">
        %s
      </div>
`, p.window(s))
	}
	b.WriteString("      <!-- postmortem if it's published -->\n")
	if pm, published := s.postmortem(); published {
		p.writeRow(&b, "Postmortem", `<div class="markdown-display">`+blocks(pm.body)+`</div>`, pm.date)
	}
	b.WriteString("\n      <!-- incident updates in reverse order -->\n")
	for i, u := range s.posts {
		if u.State != "postmortem" {
			p.writeRow(&b, label(s.posts, i), `<span class="whitespace-pre-wrap">`+flow(u.body)+`</span>`, u.date)
		}
	}
	if affected := p.affects(s); affected != "" {
		fmt.Fprintf(&b, `
      <!-- affected components -->
        <div class="components-affected font-small color-secondary border-color">
          %s
        </div>
`, escText(affected))
	}
	fmt.Fprintf(&b, `    </div>

    <div class="page-footer border-color font-small">
      <a href="/"><span style="font-family:arial">←</span> Current Status</a>
      %s
    </div>
  </div>

</div>
`, poweredBy)
	return p.frame("incident", s.title, p.incidentURL(s), b.String())
}

func (p page) writeRow(b *strings.Builder, title, body string, at time.Time) {
	fmt.Fprintf(b, `        <div class="row update-row">
          <h2 class="update-title span3 font-large">
            %s
          </h2>
          <div class="update-container span9">
            <div class="update-body font-regular">
              %s
            </div>
            <div class="update-timestamp font-small color-secondary">
              Posted <span class="ago" data-datetime-unix="%d"></span>%s
            </div>
          </div>
        </div>
`, title, body, at.Truncate(time.Second).UnixMilli(), p.longTime(at))
}

// affects is the sentence below the timeline: grouped components in brackets after their group.
func (p page) affects(s story) string {
	var names []string
	done := map[string]bool{}
	for _, c := range p.parts {
		switch {
		case !slices.Contains(s.affected, c.ID) || done[c.Group] && c.Group != "":
		case c.Group == "":
			names = append(names, c.Name)
		default:
			done[c.Group] = true
			var of []string
			for _, d := range p.parts {
				if d.Group == c.Group && slices.Contains(s.affected, d.ID) {
					of = append(of, d.Name)
				}
			}
			names = append(names, c.Group+" ("+strings.Join(of, ", ")+")")
		}
	}
	if len(names) == 0 {
		return ""
	}
	list := names[0]
	if last := len(names) - 1; last > 0 {
		list = strings.Join(names[:last], ", ")
		if last > 1 {
			list += ","
		}
		list += " and " + names[last]
	}
	verb, noun := "affected", "incident"
	if s.open() {
		verb = "affects"
	}
	if s.Maintenance() {
		noun = "scheduled maintenance"
	}
	return "This " + noun + " " + verb + ": " + list + "."
}

// label is the word above an update: its state, or "Update" where the state stays as it was.
func label(posts []post, i int) string {
	state := posts[i].State
	if i+1 < len(posts) && posts[i+1].State == state {
		return "Update"
	}
	word := strings.ReplaceAll(state, "_", " ")
	return strings.ToUpper(word[:1]) + word[1:]
}

// homeTime prints a time without a year, the day padded with a space: Nov  7, 09:50 GMT.
func (p page) homeTime(t time.Time) string {
	t = t.In(p.location())
	return t.Format("Jan ") + "<var data-var='date'>" + t.Format("_2") + "</var>, <var data-var='time'>" +
		t.Format("15:04") + "</var> " + zoneName(t)
}

// longTime prints a time as on an incident's page, the day padded with a zero: Nov 07, 2025 - 09:50 GMT.
func (p page) longTime(t time.Time) string {
	t = t.In(p.location())
	return t.Format("Jan ") + "<var data-var='date'>" + t.Format("02") + "</var>, <var data-var='year'>" +
		t.Format("2006") +
		"</var> - <var data-var='time'>" + t.Format("15:04") + "</var> " + zoneName(t)
}

// dateVars prints a day's heading on the home page: Nov  7, 2025.
func dateVars(t time.Time) string {
	return t.Format("Jan ") + "<var data-var=\"date\">" + t.Format("_2") + "</var>, <var data-var=\"year\">" +
		t.Format("2006") + "</var>"
}

// window prints when a maintenance is to be: Nov  7, 2025 22:00-23:00 GMT, with the second day if it is another.
func (p page) window(s story) string {
	from, to := s.ScheduledFor.In(p.location()), s.ScheduledUntil.In(p.location())
	end := "<var data-var='time'>" + to.Format("15:04") + "</var> " + zoneName(to)
	if from.Format(time.DateOnly) != to.Format(time.DateOnly) {
		end = " " + dayVars(to) + " " + end
	}
	return dayVars(from) + " <var data-var='time'>" + from.Format("15:04") + "</var>-" + end
}

func dayVars(t time.Time) string {
	return t.Format("Jan ") + "<var data-var='date'>" + t.Format("_2") + "</var>, <var data-var='year'>" +
		t.Format("2006") + "</var>"
}
