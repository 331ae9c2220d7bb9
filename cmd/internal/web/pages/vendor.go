package pages

import (
	"net/http"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/web/trends"
	"vendorwatch/cmd/internal/words"

	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

const (
	shownComponents      = 30
	shownVendorIncidents = 25
	shownBadDays         = 6
	vendorsPerPage       = 200
)

type componentRow struct {
	query.ListedComponent        // with the status as it is known now
	LastStatus            string // as last read, where its page is not read now; otherwise empty
	Bar                   bar
	More                  int // days beyond those shown
	Tone                  string
}

type componentGroup struct {
	Name string
	Rows []componentRow
}

type vendorBody struct {
	Vendor     query.VendorHealth
	Status     query.Status
	Read       bool // a page of it was read, or a saved one was; otherwise there are no figures
	Open       []query.Incident
	Ahead      []query.Incident
	Groups     []componentGroup
	Components int
	From, To   int // of the components shown
	Next, Prev string
	Numbers    []numbers
	Openness   []countRow
	Stats      query.Stats
	Uptime     []*float64 // of the same windows as Numbers
	Known      []float64  // percent of these windows
	Cases      map[string][]query.HonestyCase
	Blind      []query.Gap
	History    historyList
	Tags       []string
	Year       calendar
	Months     []trends.Month
}

func (p *Pages) vendor(r *http.Request) (view, error) {
	ctx, now := r.Context(), p.Clock()
	v, err := p.DB.VendorBySlug(ctx, r.PathValue("slug"), now)
	if err != nil {
		return view{}, err
	}
	b := vendorBody{Vendor: v}
	for _, source := range v.Sources {
		b.Read = b.Read || source.LatestAt != ""
	}
	if b.Status, err = p.Status(ctx, v.Slug); err != nil {
		return view{}, err
	}
	if b.Open, _, err = p.DB.OpenByKind(ctx, normalize.KindIncident, v.Slug, 10); err != nil {
		return view{}, err
	}
	if b.Ahead, _, err = p.DB.OpenByKind(ctx, normalize.KindMaintenance, v.Slug, 5); err != nil {
		return view{}, err
	}
	if b.Blind, err = p.DB.CoverageGaps(ctx, v.Slug, now.AddDate(0, 0, -barDays), now); err != nil {
		return view{}, err
	}
	if err := p.addBars(r, &b); err != nil {
		return view{}, err
	}
	incidents, err := p.DB.VendorImpact(ctx, v.VendorID, now.AddDate(-1, 0, 0))
	if err != nil {
		return view{}, err
	}
	spans := []time.Time{now.AddDate(0, 0, -30), now.AddDate(0, 0, -90), now.AddDate(-1, 0, 0)}
	for n, name := range []string{"30 days", "90 days", "12 months"} {
		b.Numbers = append(b.Numbers, figure(name, incidents, spans[n], now))
	}
	if b.Openness, err = p.openness(ctx, v.VendorID, spans); err != nil {
		return view{}, err
	}
	if b.Tags, err = p.Board.TagsOf(ctx, v.Slug); err != nil {
		return view{}, err
	}
	stretches, err := p.DB.Stretches(ctx, v.VendorID, now)
	if err != nil {
		return view{}, err
	}
	days, months := trends.Year(stretches, now)
	b.Year, b.Months = drawYear(days), months
	if err := p.addStats(r, &b); err != nil {
		return view{}, err
	}
	q, err := site.ReadQuery(r.URL.Query())
	if err != nil {
		return view{}, err
	}
	q.Filter.Vendor, q.Filter.Limit = v.Slug, shownVendorIncidents
	if b.History, err = p.list(r, q, "/vendors/"+v.Slug); err != nil {
		return view{}, err
	}
	if len(b.Blind) > 10 {
		b.Blind = b.Blind[len(b.Blind)-10:]
	}
	return view{Template: "vendor", Title: v.Name, Nav: "vendors", Body: b}, nil
}

// shownCases is how many cases of a measure are linked, the newest ones.
const shownCases = 5

// addStats adds the figures that the vendor is judged by, and the newest cases behind them.
func (p *Pages) addStats(r *http.Request, b *vendorBody) (err error) {
	ctx := r.Context()
	if b.Stats, err = p.DB.Stats(ctx, b.Vendor.Slug, p.Clock()); err != nil {
		return err
	}
	for _, u := range b.Stats.Uptime {
		if u.Days >= 30 {
			b.Uptime, b.Known = append(b.Uptime, u.UptimePercent), append(b.Known, u.KnownPercent)
		}
	}
	cases, err := p.DB.HonestyCases(ctx, b.Vendor.VendorID, "", time.Time{}, time.Time{}, 300)
	b.Cases = map[string][]query.HonestyCase{}
	for _, c := range cases {
		if len(b.Cases[c.Measure]) < shownCases {
			b.Cases[c.Measure] = append(b.Cases[c.Measure], c)
		}
	}
	return err
}

func (p *Pages) addBars(r *http.Request, b *vendorBody) error {
	ctx, now := r.Context(), p.Clock()
	page, _ := strconv.Atoi(r.URL.Query().Get("components"))
	page = min(max(page, 1), 1000)
	offset := (page - 1) * shownComponents
	components, total, err := p.DB.VendorComponents(ctx, now, b.Vendor.VendorID, shownComponents, offset)
	if err != nil {
		return err
	}
	b.Components, b.From, b.To = total, offset+1, offset+len(components)
	if page > 1 {
		b.Prev = "?components=" + strconv.Itoa(page-1)
	}
	if b.To < total {
		b.Next = "?components=" + strconv.Itoa(page+1)
	}
	if len(components) == 0 {
		return nil
	}
	ids := make([]int64, len(components))
	for n, c := range components {
		ids[n] = c.ComponentID
	}
	all, err := p.Board.ComponentSpans(ctx, ids, now.AddDate(0, 0, -barDays))
	if err != nil {
		return err
	}
	spans := map[int64][]board.ComponentSpan{}
	for _, span := range all {
		spans[span.ComponentID] = append(spans[span.ComponentID], span)
	}
	known, blind, read := map[int64]time.Time{}, map[int64][]query.Gap{}, map[int64]bool{}
	for _, source := range b.Vendor.Sources {
		read[source.SourceID] = source.Readable()
		known[source.SourceID] = words.Time(source.CoverageStartAt)
		if source.CoverageStartAt == "" {
			known[source.SourceID] = words.Time(source.BaselineAt)
		}
	}
	for _, gap := range b.Blind {
		blind[gap.SourceID] = append(blind[gap.SourceID], gap)
	}
	for _, c := range components {
		row := componentRow{ListedComponent: c}
		row.Tone = site.StatusTone(normalize.ComponentStatus(row.Status))
		row.Bar = drawBar(spans[c.ComponentID], record{known[c.SourceID], blind[c.SourceID], read[c.SourceID]}, now)
		if extra := len(row.Bar.Days) - shownBadDays; extra > 0 {
			row.Bar.Days, row.More = row.Bar.Days[:shownBadDays], extra
		}
		if last := len(b.Groups) - 1; last >= 0 && b.Groups[last].Name == c.GroupName {
			b.Groups[last].Rows = append(b.Groups[last].Rows, row)
		} else {
			b.Groups = append(b.Groups, componentGroup{c.GroupName, []componentRow{row}})
		}
	}
	return nil
}
