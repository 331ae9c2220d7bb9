package page_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// flightPage is a page that streams rows in pieces of n bytes.
func flightPage(stream string, n int) []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><body><script>(self.__next_f=self.__next_f||[]).push([0])</script>`)
	for runes := []rune(stream); len(runes) > 0; {
		k := min(n, len(runes))
		text, _ := json.Marshal(string(runes[:k]))
		fmt.Fprintf(&b, `<script>self.__next_f.push([1,%s])</script>`, text)
		runes = runes[k:]
	}
	b.WriteString("</body></html>")
	return []byte(b.String())
}

func TestNextData(t *testing.T) {
	long := "Größe:\n5:{\"looks\":\"like a row\"}\n"
	stream := "1:\"$Sreact.fragment\"\n" +
		"2:I[10434,[\"/a.js\"],\"x\"]\n" +
		":HL[\"/a.css\",\"style\"]\n" +
		fmt.Sprintf("21:T%x,%s", len(long), long) +
		`4:["$","div",null,{"children":["$","p",null,{"summary":{"name":"first","list":[1,2]}}]}]` + "\n" +
		`5:{"target":{"missing":"$undefined","dollar":"$$5 off","long":"$21",` +
		`"part":"$4:props:children:props:summary:list","element":"$L9",` +
		`"none":"$77","at":"$D2026-03-01T00:00:00.000Z","big":"$n123",` +
		`"deep":{"again":"$4:props:children:props:summary"},"null":null}}` + "\n"
	want := map[string]any{
		"dollar": "$5 off", "long": long, "part": []any{1.0, 2.0}, "at": "2026-03-01T00:00:00.000Z", "big": "123",
		"deep": map[string]any{"again": map[string]any{"name": "first", "list": []any{1.0, 2.0}}},
	}
	for _, n := range []int{1, 7, 64, 100000} {
		data := page.ReadNextData(flightPage(stream, n))
		if data == nil || data.Cut {
			t.Fatalf("in pieces of %d: %+v", n, data)
		}
		found := data.Find(`"target"`, func(o map[string]any) bool { return o["target"] != nil })
		if len(found) != 1 {
			t.Fatalf("in pieces of %d: found %v", n, found)
		}
		var got map[string]any
		if err := data.Decode(found[0]["target"], &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pieces of %d (-want +got)\n%s", n, diff)
		}
	}
}

func TestNextDataOfTheOlderRouterRefersToNothing(t *testing.T) {
	data := page.ReadNextData([]byte(`<html><script id="__NEXT_DATA__" type="application/json">{"target":{"price":` +
		`"$5"}}</script></html>`))
	var got struct{ Price string }
	found := data.Find(`"target"`, func(o map[string]any) bool { return o["target"] != nil })
	if err := data.Decode(found[0]["target"], &got); err != nil || got.Price != "$5" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNextDataTellsWhatIsCut(t *testing.T) {
	for what, body := range map[string]string{
		"a row":    string(flightPage(`4:{"a":1`, 9)),
		"a text":   string(flightPage(`4:Tff,short`, 99)),
		"an id":    string(flightPage("4:{\"a\":1}\n5", 99)),
		"the page": strings.TrimSuffix(string(flightPage("4:{\"a\":1}\n", 99)), "</html>"),
		"a string": `<html><script>self.__next_f.push([1,"4:{\"a\":1}\n"])</script><script>self.__next_f.push([1,"5:{`,
	} {
		if data := page.ReadNextData([]byte(body)); data == nil || !data.Cut {
			t.Errorf("cut in %s: %+v", what, data)
		}
	}
}

func TestOldestFirst(t *testing.T) {
	for in, want := range map[string]string{
		"10:00 a, 11:00 b, 12:00 c":   "a b c",
		"12:00 c, 11:00 b, 10:00 a":   "a b c",
		"12:00 c, 11:00 b2, 11:00 b1": "b1 b2 c",
		"10:00 a, 12:00 c, 11:00 b":   "a b c",
		"11:00 a, 11:00 b":            "a b",
		"10:00 a, x b, 12:00 c":       "a b c",
		"":                            "",
	} {
		var updates []normalize.RawUpdate
		for entry := range strings.SplitSeq(in, ", ") {
			if at, id, ok := strings.Cut(entry, " "); ok {
				updates = append(updates, normalize.RawUpdate{ID: id,
					Posted: normalize.RawTime{Text: "2026-03-01T" + at + ":00Z"}})
			}
		}
		page.OldestFirst(updates)
		var got []string
		for _, u := range updates {
			got = append(got, u.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is put as %v, want %s", in, got, want)
		}
	}
}
