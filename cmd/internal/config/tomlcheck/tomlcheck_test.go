package tomlcheck

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/secret"
)

// A file is a small config file.
type file struct {
	Name   string            `toml:"name"`
	Size   int               `toml:"size"`
	On     bool              `toml:"on"`
	Wait   length            `toml:"wait"`
	Key    secret.Text       `toml:"key"` // there to be refused
	Labels map[string]string `toml:"labels"`
	Fetch  struct {
		Delay length   `toml:"delay"`
		Hosts []string `toml:"hosts"`
	} `toml:"fetch"`
	Vendors []struct {
		Name    string `toml:"name"`
		URL     string `toml:"url"`
		Sources []struct {
			URL string `toml:"url"`
		} `toml:"source"`
	} `toml:"vendor"`
	Made string `toml:"-"`
}

// A length is a duration that a file writes as text.
type length struct{ time.Duration }

func (l *length) UnmarshalText(text []byte) (err error) {
	if l.Duration, err = time.ParseDuration(string(text)); err != nil {
		return errors.New(`that is no length; write for example "90s"`)
	}
	return nil
}

func (length) Describe() (what, example string) { return "a length", `"90s"` }

func decode(t *testing.T, text string) (*file, *Document) {
	t.Helper()
	value, d, err := Decode("f.toml", []byte(text), func() any { return &file{Size: 7} })
	if err != nil {
		t.Fatal(err)
	}
	return value.(*file), d
}

const good = `name = "a" # line 1
labels = { "x.y" = "1" }
fetch.hosts = ["a.test", "b.test"]

[[vendor]]
name = "GitHub"
url = "https://github.test"
[[vendor.source]]
url = "https://one.test"
[[vendor.source]]
url = "https://two.test"

[[vendor]]
url = "https://unnamed.test"
`

func TestDecodeGood(t *testing.T) {
	f, d := decode(t, "\xef\xbb\xbf"+strings.ReplaceAll(good, "\n", "\r\n"))
	if d.Count() > 0 || d.Broken() {
		t.Fatalf("mistakes: %v, broken: %v", d.Mistakes(), d.Broken())
	}
	if f.Name != "a" || f.Size != 7 || len(f.Vendors) != 2 || f.Vendors[0].Sources[1].URL != "https://two.test" ||
		f.Labels["x.y"] != "1" {
		t.Errorf("read %+v", f)
	}
}

func TestPlaces(t *testing.T) {
	_, d := decode(t, good)
	for _, c := range []struct {
		path       string
		has, under bool
		line       int
		text       string
		where      string
	}{
		{"name", true, true, 1, "a", "name"},
		{"size", false, false, 0, "", "size"},
		{"labels", true, true, 2, "", "labels"},
		{"labels.x.y", true, true, 2, "1", "labels.x.y"},
		{"fetch", false, true, 0, "", "fetch"},
		{"fetch.hosts", true, true, 3, "", "fetch.hosts"},
		{"fetch.hosts[1]", true, true, 3, "b.test", "fetch.hosts 2"},
		{"fetch.hosts[2]", false, false, 3, "", "fetch.hosts 3"},
		{"fetch.delay", false, false, 0, "", "fetch.delay"},
		{"vendor[0]", true, true, 5, "", `vendor "GitHub"`},
		{"vendor[0].url", true, true, 7, "https://github.test", `vendor "GitHub": url`},
		{"vendor[0].slug", false, false, 5, "", `vendor "GitHub": slug`},
		{"vendor[0].source", false, false, 5, "", `vendor "GitHub": source`},
		{"vendor[0].source[1].url", true, true, 11, "https://two.test", `vendor "GitHub": source 2: url`},
		{"vendor[0].source[1].timeout", false, false, 10, "", `vendor "GitHub": source 2: timeout`},
		{"vendor[1].name", false, false, 13, "", "vendor 2: name"},
		{"vendor[2]", false, false, 0, "", "vendor 3"},
		{"", false, false, 0, "", ""},
	} {
		if d.Has(c.path) != c.has || d.Under(c.path) != c.under || d.Line(c.path) != c.line ||
			d.Text(c.path) != c.text || d.Where(c.path) != c.where {
			t.Errorf("%s: has %v, under %v, line %d, text %q, where %q; want %+v",
				c.path, d.Has(c.path), d.Under(c.path), d.Line(c.path), d.Text(c.path), d.Where(c.path), c)
		}
	}
}

func TestMistakes(t *testing.T) {
	const here = "f.toml:1: "
	for _, c := range []struct{ name, text, want string }{
		{"no TOML", "name = \n", "f.toml:1:8: not TOML: unexpected character U+000A at start of value\n    name = "},
		{"no TOML, with a secret", `name = "https://hooks.test/services/x` + "\n",
			"f.toml:1:38: not TOML: basic strings cannot have new lines\n    name = \"https://***"},
		{"a key misspelt", `nam = "a"`, here + `nam: unknown key; write "name"`},
		{"a key in another case", `Name = "a"`, here + `Name: unknown key; write "name"`},
		{"a key like none", `colour = 1`,
			here + "colour: unknown key; write one of: fetch, labels, name, on, size, vendor, wait"},
		{"a key under the wrong table", "[fetch]\nsize = 1",
			"f.toml:2: fetch.size: unknown key; size belongs at the top of the file, above the first [table]"},
		{"a key of several tables", "[fetch]\nurl = 1",
			"f.toml:2: fetch.url: unknown key; url belongs under [[vendor.source]] or under [[vendor]]"},
		{"a table misspelt", "[fech]\ndelay = \"1s\"", here + "fech: unknown key; write [fetch]"},
		{"single brackets", "[vendor]\nname = \"a\"", here +
			"vendor: there can be several of [vendor]; write [[vendor]], in double brackets"},
		{"a single inline table", "vendor = { name = \"a\" }",
			here + "vendor: there can be several of [vendor]; write [[vendor]], in double brackets"},
		{"double brackets", "[[fetch]]\ndelay = \"1s\"", here +
			"fetch: there can be only one [fetch]; write [fetch], in single brackets"},
		{"a key twice", "name = \"a\"\nname = \"b\"",
			"f.toml:2: name: it appears twice, first on line 1; keep one of the two"},
		{"a number for a text", "name = 1",
			here + `name: a number where a string is needed; write for example name = "…", in quotes`},
		{"a text for a number", `size = "1"`,
			here + "size: a string where a whole number is needed; write for example size = 5"},
		{"a number too large", "size = 99999999999999999999",
			here + "size: decimal number is too large to fit in a 64-bit signed integer; write for example size = 5"},
		{"a text for true", `on = "yes"`,
			here + "on: a string where true or false is needed; write for example on = true"},
		{"a number for a length", "wait = 60", here + `wait: that is no length; write for example "90s"`},
		{"a list for a length", "wait = []",
			here + `wait: a list where a length is needed; write for example wait = "90s"`},
		{"nonsense for a length", `wait = "a month"`, here + `wait: that is no length; write for example "90s"`},
		{"a number for a secret", "key = 1",
			here + `key: a number where a string is needed; write for example key = "…", in quotes`},
		{"a text for a list", `fetch.hosts = "a"`,
			here + `fetch.hosts: a string where a list of strings is needed; write for example hosts = ["a", "b"]`},
		{"a number in a list", `fetch.hosts = ["a", 1]`, here +
			`fetch.hosts 2: a number where a string is needed; write for example "…", in quotes`},
		{"a text for a table", `fetch = "a"`,
			here + "fetch: a string where a table is needed; write for example [fetch]"},
		{"a list in a list of tables", "vendor = [[]]", here +
			"vendor 1: a list where a table is needed; write for example [[vendor]]"},
		{"a number among labels", "labels = { a = 1 }", here +
			`labels.a: a number where a string is needed; write for example "…", in quotes`},
		{"unknown in an inline table", `vendor = [{ name = "a", nam = "b", url = 1 }]`,
			here + `vendor "a": nam: unknown key; write "name"` + "\n" + here +
				`vendor "a": url: a number where a string is needed; write for example url = "…", in quotes`},
		{"several, by their lines", "on = 1\nsize = true\n[[vendor]]\nnam = 1\nurl = 2", strings.Join([]string{
			"f.toml:1: on: a number where true or false is needed; write for example on = true",
			"f.toml:2: size: true or false where a whole number is needed; write for example size = 5",
			"f.toml:4: vendor 1: nam: unknown key; write \"name\"",
			"f.toml:5: vendor 1: url: a number where a string is needed; write for example url = \"…\", in quotes",
		}, "\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, d, err := Decode("f.toml", []byte(c.text), func() any { return &file{} })
			if err == nil {
				err = d.Mistakes()
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is wrong keeps its default, and what stands beside it is read.
func TestTheRestIsRead(t *testing.T) {
	f, d := decode(t, "size = true\nname = \"a\"\n[[vendor]]\nname = 5\nurl = \"https://a.test\"\n")
	if f.Size != 7 || f.Name != "a" || len(f.Vendors) != 1 || f.Vendors[0].URL != "https://a.test" || d.Broken() {
		t.Errorf("read %+v", f)
	}
	for path, want := range map[string]bool{"size": true, "name": false, "vendor[0].name": true, "vendor[0].url": false,
		"wait": false} {
		if d.Refused(path) != want {
			t.Errorf("Refused(%q) = %v", path, !want)
		}
	}
	// A refused header takes all that stands under it with it.
	f, d = decode(t, "[fech]\ndelay = \"1s\"\n[[vendor]]\nname = \"b\"\n")
	if len(f.Vendors) != 1 || !d.Refused("fech.delay") || d.Refused("vendor[0].name") {
		t.Errorf("read %+v", f)
	}
}

func TestAdd(t *testing.T) {
	_, d := decode(t, good)
	d.Add("vendor[1].name", "it is missing", `write for example name = "…"`)
	d.AddError("name", errors.New(`"a" is too short; write a longer one`))
	d.AddError("size", errors.New("it is no size"))
	d.Add("vendor[0].url", "https://bob:hunter2@github.test is not to be read",
		"write https://x:hunter2@a.test otherwise")
	want := Mistakes{
		{File: "f.toml", Key: "size", Problem: "it is no size"},
		{File: "f.toml", Line: 1, Key: "name", Problem: `"a" is too short`, Write: "write a longer one"},
		{File: "f.toml", Line: 7, Key: `vendor "GitHub": url`, Problem: "https://***github.test is not to be read",
			Write: "write https://***a.test otherwise"},
		{File: "f.toml", Line: 13, Key: "vendor 2: name", Problem: "it is missing",
			Write: `write for example name = "…"`},
	}
	if diff := cmp.Diff(want, d.Mistakes()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if d.Count() != 4 {
		t.Errorf("%d mistakes", d.Count())
	}
}

func TestGeneric(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "a": "a", "a[0].b[12].c": "a.b.c", "a[x].b": "a[x].b", "a[1": "a[1", "a[x[1]": "a[x", "a[]": "a[]",
		"[0]": "",
	} {
		if got := generic(path); got != want {
			t.Errorf("generic(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestKeys holds that no value is called a list of texts that is none: a mistake in a file would name the wrong remedy.
func TestKeys(t *testing.T) {
	type every struct {
		Text    string            `toml:"text"`
		Whole   int               `toml:"whole"`
		Number  float64           `toml:"number"`
		Flag    bool              `toml:"flag"`
		Texts   []string          `toml:"texts"`
		Numbers []int             `toml:"numbers"`
		Free    map[string]string `toml:"free"`
	}
	got := map[string]string{}
	for path, k := range Keys(reflect.TypeFor[every]()) {
		got[path] = k.What
	}
	want := map[string]string{"text": "a string", "whole": "a whole number", "number": "a number",
		"flag": "true or false", "texts": "a list of strings", "numbers": "a list of whole numbers",
		"free": "a table of strings"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
