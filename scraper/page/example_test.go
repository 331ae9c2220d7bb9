package page_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper/page"
)

func ExampleDecodeJSON() {
	var doc struct {
		Incidents []string `json:"incidents"`
	}
	err := page.DecodeJSON(page.Page{Body: []byte(`{"incidents":["Fog"]}`)}, &doc, "Acme's list")
	fmt.Println(doc.Incidents, err)

	err = page.DecodeJSON(page.Page{Body: []byte(`<html><title>Log in</title></html>`)}, &doc, "Acme's list")
	fmt.Println(errors.Is(err, page.ErrShape))
	// Output:
	// [Fog] <nil>
	// true
}

// A list that is missing is no empty list: a page without one is refused, and never counts as one without incidents.
func ExampleRequire() {
	for _, body := range []string{`{"incidents":[]}`, `{"incidents":null}`, `{"items":[]}`} {
		p := page.Page{Body: []byte(body)}
		var doc struct {
			Incidents []string `json:"incidents"`
		}
		if err := page.DecodeJSON(p, &doc, "Acme's list"); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(page.Require(p, "Acme's list", doc.Incidents))
	}
	// Output:
	// <nil>
	// not the expected page: JSON of another kind, with the keys incidents, where Acme's list is expected
	// not the expected page: JSON of another kind, with the keys items, where Acme's list is expected
}

func ExampleScalar() {
	var ids []page.Scalar
	err := json.Unmarshal([]byte(`["a7", 7, true, null]`), &ids)
	fmt.Printf("%q %v\n", ids, err)
	// Output:
	// ["a7" "7" "true" ""] <nil>
}

func ExampleDescribe() {
	for _, body := range []string{"", `{"message":"Forbidden"}`, `<title>Just a moment...</title>`} {
		fmt.Println(page.Describe(page.Page{Body: []byte(body)}))
	}
	// Output:
	// an empty body
	// a JSON error message, "Forbidden"
	// a bot challenge, titled "Just a moment..."
}

func ExampleVisible() {
	fmt.Println(page.Visible("<p>Fish &amp; chips\n  are <b>late</b>.</p>"))
	// Output:
	// Fish & chips are late.
}

func ExampleSite() {
	u, _ := url.Parse("https://status.acme.example/incidents/42?from=mail")
	fmt.Println(page.Site(u))
	// Output:
	// https://status.acme.example
}

func ExampleResolve() {
	fmt.Println(page.Resolve("https://status.acme.example/history?page=2", "/incidents/42"))
	// Output:
	// https://status.acme.example/incidents/42
}

func ExampleHome() {
	// The document names another site of the vendor's; where it names none, the source's address is the page's.
	fmt.Println(page.Home("http://status.acme.example/", "https://status.acme.example/history"))
	fmt.Println(page.Home("", "https://status.acme.example/history"))
	// Output:
	// https://status.acme.example
	// https://status.acme.example
}

// Near tells the year of a time that is printed without one.
func ExampleTime() {
	printed := page.Time(" Dec  31, 23:50\n UTC", "2026-01-01T08:00:00Z")
	at, err := times.Parse(printed, "")
	fmt.Println(at, err)
	// Output:
	// 2025-12-31 23:50:00 +0000 UTC <nil>
}

func ExampleOldestFirst() {
	updates := []normalize.RawUpdate{
		{State: "resolved", Posted: page.Time("2026-11-23 12:00", "")},
		{State: "investigating", Posted: page.Time("2026-11-23 09:00", "")},
	}
	page.OldestFirst(updates)
	fmt.Println(updates[0].State, page.LatestState(updates))
	// Output:
	// investigating resolved
}

// What is only hoped for is no state.
func ExampleItemState() {
	fmt.Println(page.ItemState("[Resolved] Slow lifts", nil, ""))
	fmt.Println(page.ItemState("Slow lifts", nil, "<p>We have identified the cause. We expect this to be resolved "+
		"soon.</p>"))
	// Output:
	// Resolved
	// identified
}

func ExampleReadNextData() {
	body := `<html><script id="__NEXT_DATA__" type="application/json">{"props":{"notices":[{"title":"Fog"}]}}</scr` +
		`ipt></html>`
	data := page.ReadNextData([]byte(body))
	for _, o := range data.Find(`"notices"`, func(o map[string]any) bool { return o["notices"] != nil }) {
		var doc struct {
			Notices []struct {
				Title string `json:"title"`
			} `json:"notices"`
		}
		if err := data.Decode(o, &doc); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(doc.Notices[0].Title)
	}
	// Output:
	// Fog
}
