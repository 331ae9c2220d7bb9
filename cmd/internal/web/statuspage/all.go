package statuspage

import (
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// allVendors is the id of the page of all vendors.
const allVendors = "vendorwatch"

// ofAll reads how all vendors do: those that are not well one by one. The others are only counted.
func (c *scene) ofAll() error {
	at, err := c.Present(c.ctx)
	if err != nil {
		return err
	}
	newest, err := c.Board.NewestReading(c.ctx)
	if err != nil {
		return err
	}
	c.page = Page{ID: allVendors, Name: "All vendors", URL: c.Permalink(c.r, "/"), TimeZone: "Etc/UTC",
		UpdatedAt: orNull(newest)}
	c.listed, c.unwell, c.byVendor = []Component{}, map[int64]query.Status{}, map[string]*Component{}
	var unwell []indicator
	for _, v := range at.Unwell {
		c.unwell[v.VendorID] = v
		unwell = append(unwell, indicatorOf(v))
	}
	c.indicator = indicatorOfAll(unwell, at.Watched)
	return nil
}

// everyVendor makes each watched vendor a component. Of one vendor, whose own components are listed, it does nothing.
func (c *scene) everyVendor() error {
	if c.slug != "" {
		return nil
	}
	all, err := c.Board.Roster(c.ctx)
	if err != nil {
		return err
	}
	c.vendors = make([]Component, len(all))
	for n, v := range all {
		c.vendors[n] = c.vendor(v, n+1)
		c.byVendor[v.Vendor] = &c.vendors[n]
	}
	return nil
}

// vendorsOf makes the vendors of incidents components, where they are none yet.
func (c *scene) vendorsOf(incidents []query.Timeline) error {
	var slugs []string
	for _, i := range incidents {
		if c.byVendor[i.Vendor] == nil {
			slugs = append(slugs, i.Vendor)
		}
	}
	if len(slugs) == 0 {
		return nil
	}
	some, err := c.Board.RosterOf(c.ctx, slugs)
	if err != nil {
		return err
	}
	places, err := c.Board.Places(c.ctx)
	if err != nil {
		return err
	}
	for _, v := range some {
		component := c.vendor(v, places[v.VendorID])
		c.byVendor[v.Vendor] = &component
	}
	return nil
}

// vendor is a watched vendor as a component.
func (c *scene) vendor(v board.Listed, place int) Component {
	status, description := normalize.StatusOperational, descriptions["none"]
	if state, ok := c.unwell[v.VendorID]; ok {
		status, description = state.Status, indicatorOf(state).description
	}
	return Component{
		ID: v.Vendor, Name: v.VendorName, Status: string(status), Position: place,
		CreatedAt: orNull(v.FirstReadAt), UpdatedAt: orNull(v.ReadableAt),
		Description: orNull(description), Showcase: true, PageID: allVendors,
	}
}
