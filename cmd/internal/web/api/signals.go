package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/web/incoming"
	"vendorwatch/cmd/internal/web/site"
	wording "vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize/signal"
)

// SignalsPath is where our own monitoring posts its alerts, PushPath where anything that a vendor posts, at the slug of
// the vendor, has its pages read.
const (
	SignalsPath = "/api/v1/signals"
	PushPath    = "/api/v1/push"
)

// Signalled is what became of alerts that were posted.
type Signalled struct {
	Recorded  int `json:"recorded"`
	Truncated int `json:"truncated,omitempty"`
}

func (a *API) signals(r *http.Request) (out Signalled, err error) {
	body, err := jsonBody(r)
	if err != nil {
		return out, err
	}
	post, err := incoming.Read(body)
	if err != nil {
		return out, site.BadRequest("The body is not what is asked for: " + err.Error() + "; see " + DocumentPath + ".")
	}
	out.Truncated = max(0, post.TruncatedAlerts)
	if out.Truncated > 0 {
		a.Log.Warn("signals: their sender has left out some; take out max_alerts there", "left_out", out.Truncated)
	}
	list, wrong := post.Received(a.Clock())
	done, err := a.Signals.SaveSignals(r.Context(), list, a.Clock())
	if err != nil {
		return out, err
	}
	out.Recorded = len(list) - len(done.Unknown)
	if a.OnEvents != nil {
		a.OnEvents(done.Events)
	}
	for _, vendor := range done.Burning {
		if a.ReadNow != nil {
			a.ReadNow(vendor)
		}
	}
	if len(done.Unknown) > 0 {
		more, err := a.unknown(r.Context(), list, done.Unknown)
		if err != nil {
			return out, err
		}
		wrong = append(wrong, more...)
	}
	return out, refusal(out, wrong)
}

// unknown says of signals which vendor or service they name that there is not, and what may be meant.
func (a *API) unknown(ctx context.Context, list []signal.Received, which []int) ([]incoming.Wrong, error) {
	vendors, services, err := a.Signals.Slugs(ctx)
	if err != nil {
		return nil, err
	}
	var wrong []incoming.Wrong
	for _, n := range which {
		what, name, known := "vendor", list[n].Vendor, vendors
		if name == "" {
			what, name, known = "service", list[n].Service, services
		}
		why := fmt.Sprintf("there is no %s %q", what, wording.Short(name, 80))
		if near := wording.Nearest(name, known); near != "" {
			why += fmt.Sprintf("; is it %q?", near)
		} else {
			why += "; " + a.Link("/api/v1/"+what+"s") + " lists those that there are"
		}
		wrong = append(wrong, incoming.Wrong{Name: list[n].Name, Why: why})
	}
	return wrong, nil
}

// mostWrong is how many entries an answer names that cannot be taken.
const mostWrong = 20

// refusal is the answer if some entries cannot be taken. That the others are recorded it says too.
func refusal(out Signalled, wrong []incoming.Wrong) error {
	if len(wrong) == 0 {
		return nil
	}
	slices.SortStableFunc(wrong, func(a, b incoming.Wrong) int { return cmp.Compare(a.Name, b.Name) })
	var lines []string
	for _, w := range wrong[:min(len(wrong), mostWrong)] {
		lines = append(lines, fmt.Sprintf("%q: %s", wording.Short(w.Name, 80), w.Why))
	}
	if more := len(wrong) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d others", more))
	}
	return Problem{http.StatusUnprocessableEntity, fmt.Sprintf("%d of %d signals are recorded. Not recorded: %s.",
		out.Recorded, out.Recorded+len(wrong), strings.Join(lines, ". "))}
}

// Pushed says that the pages of a vendor are about to be read.
type Pushed struct {
	Vendor  string `json:"vendor"`
	Reading bool   `json:"reading"`
}

// push has the pages of a vendor read. What is posted is not looked at: only what the page shows is on record.
func (a *API) push(r *http.Request) (Pushed, error) {
	v, err := a.DB.Vendor(r.Context(), strings.ToLower(r.PathValue("slug")))
	if err != nil {
		return Pushed{}, err
	}
	return Pushed{v.Slug, a.Pushed != nil && a.Pushed(v.Slug)}, nil
}

// Told are the parts of a service that signals and pushes reach. Each may be nil.
type Told struct {
	OnEvents func([]query.Event)      // what was put on record
	ReadNow  func(vendor string) bool // has the pages of a vendor read, by slug
	Pushed   func(vendor string) bool // likewise, because the vendor has called
}
