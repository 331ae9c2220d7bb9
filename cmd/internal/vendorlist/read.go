// Package vendorlist reads lists of vendors that people have, and finds them in the catalogue: names and addresses in a
// text, CSV, OPML, and what StatusGator and Uptime Kuma export as JSON.
package vendorlist

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"vendorwatch/scraper"
)

// Wish is a vendor that somebody wants to watch.
type Wish struct {
	Name  string `json:"name"`
	URL   string `json:"url"`   // of its status page, or of its site; may be empty
	Where string `json:"where"` // file:line, or what names its place in a document
}

// Given is what was written: the name, else the address.
func (w Wish) Given() string { return cmp.Or(w.Name, w.URL) }

// Of returns the wishes that are written as words: names and addresses, also several with commas between them.
func Of(words []string) []Wish {
	var all []Wish
	for _, word := range words {
		for one := range strings.SplitSeq(word, ",") {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, wishOf(one))
			}
		}
	}
	return all
}

// wishOf is a name or an address.
func wishOf(text string) Wish {
	if isAddress(text) {
		return Wish{URL: text}
	}
	return Wish{Name: text}
}

// isAddress reports whether a text is an address and no name: Fly.io, Cal.com and so on are names too, by which the
// catalogue has them.
func isAddress(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(text, "/") || hostForm.MatchString(text) && !isName(text)
}

// Read reads a list. name is that of the file, for Where. The form is told from the text.
func Read(name string, data []byte) ([]Wish, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(data, []byte("SQLite format 3\x00")) {
		return nil, fmt.Errorf("%s is a database; export its list as JSON or CSV", name)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%s is no text in UTF-8; export it as CSV or text", name)
	}
	read := readText
	switch text := strings.TrimSpace(string(data)); {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		read = readJSON
	case strings.HasPrefix(text, "<"):
		read = readOPML
	case delimiter(text) != 0:
		read = readCSV
	}
	all, err := read(name, data)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no vendors; write one name or address a line", name)
	}
	return all, nil
}

// readText reads a name or an address a line, or both: "GitHub https://www.githubstatus.com". The first may be the
// header of a table of one column.
func readText(name string, data []byte) ([]Wish, error) {
	var all []Wish
	n, first := 0, true
	for line := range strings.Lines(string(data)) {
		n++
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		line = strings.TrimSpace(strings.TrimLeft(line, "-*•\t "))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		header := first && isHeader(line)
		if first = false; header {
			continue
		}
		var w Wish
		if at := strings.Index(line, "://"); at > 0 && strings.ContainsAny(line[:at], " \t") {
			begin := strings.LastIndexAny(line[:at], " \t(<") + 1
			w.Name = strings.Trim(line[:begin], " \t(<:–-")
			w.URL = strings.TrimRight(strings.Fields(line[begin:])[0], ")>,;")
		} else {
			w = wishOf(strings.TrimRight(line, ",;"))
		}
		w.Where = fmt.Sprintf("%s:%d", name, n)
		all = append(all, w)
	}
	return all, nil
}

// delimiter is what separates the columns of a CSV file, 0 if the text is none.
func delimiter(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	for _, d := range []rune{'\t', ';', ','} {
		if strings.ContainsRune(first, d) {
			return d
		}
	}
	return 0
}

// Words of the header of a column with names or addresses, the surest first.
var (
	nameHeads = []string{"vendor", "service", "service name", "display name", "name", "monitor", "company", "app",
		"application", "product", "supplier", "title"}
	urlHeads = []string{"status page url", "status page", "status url", "url", "page", "address", "link", "website",
		"home page url", "domain"}
)

// isHeader reports whether a line is the header of a column, and no vendor of that name.
func isHeader(line string) bool {
	if _, known := scraper.LookupVendor(line); known {
		return false
	}
	return column([]string{line}, nameHeads) == 0 || column([]string{line}, urlHeads) == 0
}

func readCSV(name string, data []byte) ([]Wish, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = delimiter(string(data)), -1, true, true
	var all []Wish
	names, urls := -1, -1
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if first {
			if names, urls = column(row, nameHeads), column(row, urlHeads); names >= 0 || urls >= 0 {
				continue
			}
		}
		var w Wish
		if names < 0 && urls < 0 { // no header: the first address, and the first cell that is none
			for _, cell := range row {
				switch cell = strings.TrimSpace(cell); {
				case isAddress(cell) && w.URL == "":
					w.URL = cell
				case w.Name == "" && !isAddress(cell):
					w.Name = cell
				}
			}
		} else {
			w = Wish{Name: cell(row, names), URL: cell(row, urls)}
		}
		if line, _ := r.FieldPos(0); w.Given() != "" {
			w.Where = fmt.Sprintf("%s:%d", name, line)
			all = append(all, w)
		}
	}
}

// column returns the column that one of these heads names, -1 if there is none.
func column(row, heads []string) int {
	for _, head := range heads {
		if n := slices.IndexFunc(row, func(cell string) bool { return folded(cell) == head }); n >= 0 {
			return n
		}
	}
	return -1
}

func folded(head string) string {
	return strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(head)))
}

func cell(row []string, n int) string {
	if n < 0 || n >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[n])
}

func readOPML(name string, data []byte) ([]Wish, error) {
	var all []Wish
	d := xml.NewDecoder(bytes.NewReader(data))
	for root := true; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if root && element.Name.Local != "opml" {
			return nil, fmt.Errorf("%s is XML and no OPML: it begins with <%s>; export it as CSV or text", name,
				element.Name.Local)
		}
		root = false
		if element.Name.Local != "outline" {
			continue
		}
		of := map[string]string{}
		for _, a := range element.Attr {
			of[a.Name.Local] = strings.TrimSpace(a.Value)
		}
		if of["xmlUrl"] == "" && of["htmlUrl"] == "" && of["url"] == "" {
			continue // a folder
		}
		line, _ := d.InputPos()
		all = append(all, Wish{Name: cmp.Or(of["title"], of["text"]),
			URL: cmp.Or(of["htmlUrl"], of["url"], of["xmlUrl"]), Where: fmt.Sprintf("%s:%d", name, line)})
	}
}

// Keys of JSON with names or addresses, the surest first.
var (
	nameKeys = []string{"service_name", "display_name", "name", "title"}
	urlKeys  = []string{"status_page_url", "statusPageUrl", "status_page", "url", "home_page_url", "website"}
)

func readJSON(name string, data []byte) ([]Wish, error) {
	var document any
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	list, at, ok := listIn(document)
	if !ok {
		return nil, fmt.Errorf("%s has no list of vendors; vendorwatch reads the exports of StatusGator (data) and "+
			"Uptime Kuma (monitorList), and lists of names or of objects with a name and a url", name)
	}
	var all []Wish
	for n, one := range list {
		w := Wish{Where: fmt.Sprintf("%s: %s[%d]", name, at, n)}
		switch one := one.(type) {
		case string:
			text := wishOf(strings.TrimSpace(one))
			w.Name, w.URL = text.Name, text.URL
		case map[string]any:
			of := one
			if service, ok := one["service"].(map[string]any); ok { // StatusGator has the vendor below its monitor
				of = service
			}
			w.Name, w.URL = text(of, nameKeys), text(of, urlKeys)
			if w.URL == "https://" { // Uptime Kuma has that where a monitor asks no page
				w.URL = text(one, []string{"hostname"})
			}
		}
		if w.Given() != "" {
			all = append(all, w)
		}
	}
	return all, nil
}

// listIn returns the list of a document, and its key.
func listIn(document any) (list []any, key string, ok bool) {
	switch d := document.(type) {
	case []any:
		return d, "", true
	case map[string]any:
		for _, key := range []string{"monitorList", "data", "monitors", "services", "vendors"} {
			switch list := d[key].(type) {
			case []any:
				return list, key, true
			case map[string]any: // Uptime Kuma's own API has its monitors by id
				var all []any
				for _, id := range slices.Sorted(maps.Keys(list)) {
					all = append(all, list[id])
				}
				return all, key, true
			}
		}
	}
	return nil, "", false
}

// text is the first of these keys that has text.
func text(of map[string]any, keys []string) string {
	for _, key := range keys {
		if s, ok := of[key].(string); ok && strings.TrimSpace(s) != "" {
			return strings.TrimSpace(s)
		}
	}
	return ""
}
