package simulate

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// homeDays is how many days the home page goes back to, today included.
const homeDays = 15

// home is the home page: what is unresolved, what is scheduled, the components, and the past days.
func (p page) home() string {
	var b strings.Builder
	fmt.Fprintf(&b, `  <div class="layout-content status status-index premium">
%s <!-- this is outside of the .container so that the cover photo can go full width on mobile -->

    <div class="container">
`, p.masthead())
	var open, scheduled []story
	for _, s := range p.incidents {
		switch {
		case !s.open():
		case s.state == "scheduled":
			scheduled = append(scheduled, s)
		default:
			open = append(open, s)
		}
	}
	if len(open) > 0 {
		b.WriteString(`        <div class="unresolved-incidents">
`)
		for _, s := range open {
			p.writeUnresolved(&b, s)
		}
		b.WriteString("        </div>\n\n")
	} else {
		status := p.spStatus()
		fmt.Fprintf(&b, `        <div class="page-status status-%s">
          <h2 class="status font-large">
            %s
          </h2>
          <span class="last-updated-stamp  font-small"></span>
        </div>

`, status.Indicator, esc(status.Description))
	}
	p.writeComponents(&b)
	if len(scheduled) > 0 {
		p.writeScheduled(&b, scheduled)
	}
	p.writePast(&b)
	fmt.Fprintf(&b, `
      <div class="page-footer border-color font-small">
          <a href="/history" class="history-footer-link"><span style="font-family:arial">←</span> Incident History</a>

        %s
      </div>
    </div>

  </div>
`, poweredBy)
	return p.frame("index", "", p.base, b.String())
}

func (p page) writeUnresolved(b *strings.Builder, s story) {
	fmt.Fprintf(b, `            <div class="unresolved-incident impact-%s">
              <div class="incident-title font-large">
                <a class="actual-title with-ellipsis" href="/incidents/%s">%s</a>
                <a data-toggle="modal" class="subscribe" id="btn-subscribe-modal-%s" `+
		`href="#subscribe-modal-%s">Subscribe</a>
              </div>
              <div class="updates font-regular">
`, s.impact, s.ID, escText(s.title), s.ID, s.ID)
	for i, u := range s.posts {
		fmt.Fprintf(b, `                  <div class="update">
                    <strong>%s</strong> - <span class="whitespace-pre-wrap">%s</span>
                    <br>
                      <small>%s</small>
                  </div>
`, label(s.posts, i), flow(u.body), p.homeTime(u.date))
	}
	b.WriteString("              </div>\n            </div>\n")
}

func (p page) writeScheduled(b *strings.Builder, stories []story) {
	b.WriteString(`
      <div class="scheduled-incidents-container">
        <div class="tab font-small">Scheduled Maintenance</div>
`)
	for i := len(stories) - 1; i >= 0; i-- {
		s := stories[i]
		fmt.Fprintf(b, `          <div class="scheduled-incident">
            <div class="incident-title font-large">
              <a class="actual-title with-ellipsis" href="/incidents/%s">%s</a>
              <small>%s</small>
            </div>
            <div class="updates font-regular">
`, s.ID, escText(s.title), p.window(s))
		for _, u := range s.posts {
			fmt.Fprintf(b, `                <div class="update">
                  <span class="whitespace-pre-wrap">%s</span>
                  <br>
                    <small>Posted on <br> %s</small>
                </div>
`, flow(u.body), p.longTime(u.date))
		}
		b.WriteString("            </div>\n          </div>\n")
	}
	b.WriteString("      </div>\n")
}

// statusLooks are the colour, the words and the icon of a component status.
var statusLooks = map[string][3]string{
	"operational":          {"green", "Operational", "check"},
	"degraded_performance": {"yellow", "Degraded Performance", "minus-square"},
	"partial_outage":       {"orange", "Partial Outage", "exclamation-triangle"},
	"major_outage":         {"red", "Major Outage", "times"},
	"under_maintenance":    {"blue", "Maintenance", "wrench"},
}

func (p page) writeComponents(b *strings.Builder) {
	b.WriteString(`        <div class="components-section font-regular">
    <div class="components-container one-column">
`)
	var done []string
	for _, c := range p.parts {
		if c.Group == "" {
			b.WriteString("          <div class=\"component-container border-color\">\n            ")
			writeComponent(b, c.ID, escText(c.Name), c.status)
			b.WriteString("          </div>\n")
		} else if !slices.Contains(done, c.Group) {
			done = append(done, c.Group)
			p.writeGroup(b, c.Group)
		}
	}
	b.WriteString(`    </div>
  </div>

`)
}

func (p page) writeGroup(b *strings.Builder, name string) {
	worst := "operational"
	for _, c := range p.parts {
		if c.Group == name {
			worst = worseStatus(worst, c.status)
		}
	}
	look := statusLooks[worst]
	fmt.Fprintf(b, `          <div class="component-container border-color is-group ">
  
<div data-component-id="%s"
     class="component-inner-container status-%s "
     data-component-status="%s"
     data-js-hook="component-group-opener">

   <span class="name">
       <span class="fa group-parent-indicator color-secondary font-small fa-plus-square-o"></span>
       <span>
         %s
       </span>
   </span>


  <span
    class="component-status tool"
    title="Groups take on the status of their most degraded child component or service. Click to see the status of `+
		`the individual children."
  >
    %s
  </span>

  <span class="tool icon-indicator fa fa-%s" title="%s"></span>

</div>


  <!-- children components -->
  <div class="child-components-container ">
      `, p.groupID(name), look[0], worst, escText(name), look[1], look[2], look[1])
	for _, c := range p.parts {
		if c.Group == name {
			writeComponent(b, c.ID, escText(c.Name), c.status)
		}
	}
	b.WriteString("  </div>\n</div>\n\n")
}

func writeComponent(b *strings.Builder, id, name, status string) {
	look := statusLooks[status]
	fmt.Fprintf(b, `
<div data-component-id="%s"
     class="component-inner-container status-%s "
     data-component-status="%s"
     data-js-hook="">

   <span class="name">
      %s
   </span>


  <span
    class="component-status "
    title=""
  >
    %s
  </span>

  <span class="tool icon-indicator fa fa-%s" title="%s"></span>

</div>

`, id, look[0], status, name, look[1], look[2], look[1])
}

// writePast lists the days, each with what ended on it.
func (p page) writePast(b *strings.Builder) {
	b.WriteString(`      <div class="incidents-list format-expanded">
        <h2 class="font-largest no-link" id="past-incidents">Past Incidents</h2>
`)
	for n := range homeDays {
		day := p.midnight().AddDate(0, 0, -n)
		var ended, going []story
		busy := false // updates of an incident that is listed under another day
		for _, s := range p.incidents {
			switch {
			case s.state == "scheduled":
			case s.open() && sameDay(s.startedAt, day):
				going = append(going, s)
			case !s.open() && sameDay(s.resolvedAt, day):
				ended = append(ended, s)
			default:
				busy = busy || slices.ContainsFunc(s.posts, func(u post) bool {
					return u.State != "postmortem" &&
						sameDay(u.date, day)
				})
			}
		}
		class := ""
		if len(ended) == 0 && len(going) == 0 && !busy {
			class = "no-incidents"
		}
		fmt.Fprintf(b, `          
  <div class="status-day font-regular %s">
    <div class="date border-color font-large">%s</div>
`, class, dateVars(day))
		switch {
		case class != "" && n == 0:
			b.WriteString("        <p class=\"color-secondary\">No incidents reported today.</p>\n")
		case class != "":
			b.WriteString("        <p class=\"color-secondary\">No incidents reported.</p>\n")
		}
		for _, s := range going {
			fmt.Fprintf(b, "        <p class=\"color-secondary\">Unresolved incident: %s.</p>\n", escText(s.title))
		}
		for _, s := range ended {
			p.writeEnded(b, s)
		}
		b.WriteString("  </div>\n\n")
	}
	b.WriteString("      </div>\n\n")
}

func (p page) writeEnded(b *strings.Builder, s story) {
	fmt.Fprintf(b, `          <div class="incident-container">
  <div class="incident-title impact-%s font-large">
    <a class="whitespace-pre-wrap" href="/incidents/%s">%s</a>
  </div>

  <div class="updates-container">
    <!-- postmortem -->
`, s.impact, s.ID, escText(s.title))
	if pm, published := s.postmortem(); published {
		fmt.Fprintf(b, `      <div class="update font-regular postmortem">
        <strong>Postmortem</strong> -
        <a href="/incidents/%s">Read details</a>

        <br>

        <small>
            %s
        </small>
      </div>
`, s.ID, p.homeTime(pm.date))
	}
	b.WriteString("\n    <!-- incident updates -->\n")
	for i, u := range s.posts {
		if u.State == "postmortem" {
			continue
		}
		word := label(s.posts, i)
		fmt.Fprintf(b, `      <div class="update font-regular %s">
        <strong>%s</strong> -
      	<span class="whitespace-pre-wrap">%s</span>

        <br>

        <small>
            %s
        </small>
      </div>
`, strings.ToLower(word), word, flow(u.body), p.homeTime(u.date))
	}
	b.WriteString("  </div>\n\n</div>\n\n")
}

func sameDay(t, midnight time.Time) bool {
	return !t.Before(midnight) && t.Before(midnight.AddDate(0, 0, 1))
}
