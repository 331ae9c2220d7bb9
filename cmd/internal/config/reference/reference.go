// Package reference tells of every key of the config file: in a file that shows them all, and in a page that is made of
// that file and of the code that reads config files.
package reference

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/normalize/lazyregexp"
)

//go:embed example.toml
var example string

// Example returns a config file with every key and what it does. Settings that are not in force stand behind a #
// without a space.
func Example() string { return example }

var off = lazyregexp.New(`(?m)^#([a-z\[])`)

// Whole returns the example with all of its settings in force.
func Whole() string { return off.ReplaceAllString(example, "$1") }

// A section is what the example says of a table.
type section struct {
	table, text string
	keys        []entry
}

// An entry is what the example says of a key.
type entry struct{ key, value, text string }

func (s *section) entry(key string) *entry {
	n := slices.IndexFunc(s.keys, func(e entry) bool { return e.key == key })
	if n < 0 {
		return nil
	}
	return &s.keys[n]
}

// Forms of lines of the example.
var (
	headerLine   = lazyregexp.New(`^#?\[+([a-z_.]+)\]+`)
	keyLine      = lazyregexp.New(`^#?([a-z_]+) = (.*)$`)
	behindLine   = lazyregexp.New(`^#\s{3,}# (.*)$`)
	behindValue  = lazyregexp.New(`^(.*?[^\s])\s+# (.*)$`)
	sentenceOpen = lazyregexp.New(`^[a-z]`)
)

// sections reads the example. A table that stands there several times is one section; of a key, the first words count.
func sections() []*section {
	all := []*section{{}}
	at := all[0]
	var last *entry
	var block []string // the comment above the line
	for line := range strings.SplitSeq(example, "\n") {
		switch {
		case behindLine.MatchString(line) && last != nil:
			last.text += " " + behindLine.FindStringSubmatch(line)[1]
		case headerLine.MatchString(line):
			table := headerLine.FindStringSubmatch(line)[1]
			n := slices.IndexFunc(all, func(s *section) bool { return s.table == table })
			if n < 0 {
				all = append(all, &section{table: table, text: prose(block)})
				n = len(all) - 1
			}
			at, last, block = all[n], nil, nil
		case keyLine.MatchString(line):
			found := keyLine.FindStringSubmatch(line)
			e := entry{key: found[1], value: found[2], text: prose(block)}
			if cut := behindValue.FindStringSubmatch(e.value); cut != nil {
				e.value, e.text = cut[1], strings.TrimSpace(e.text+" "+cut[2])
			}
			block, last = nil, &e
			if known := at.entry(e.key); known == nil {
				at.keys = append(at.keys, e)
				last = &at.keys[len(at.keys)-1]
			}
		case strings.HasPrefix(line, "#"):
			block = append(block, strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
		default:
			block = nil
		}
	}
	return all
}

// prose joins the lines of a comment; an empty one begins a paragraph, and one that is indented stands by itself.
func prose(lines []string) string {
	var text strings.Builder
	for n, line := range lines {
		switch {
		case line == "":
			text.WriteString("\n\n")
			continue
		case n > 0 && lines[n-1] != "":
			text.WriteString(" ")
		}
		if strings.HasPrefix(line, "  ") {
			line = "`" + strings.TrimSpace(line) + "`"
		}
		text.WriteString(line)
	}
	return strings.TrimSpace(text.String())
}

// alike names tables that have keys of another one, which are told of there only.
var alike = [][2]string{
	{"vendor.source.auth", "vendor.auth"}, {"vendor.source.feed", "vendor.feed"},
	{"vendor.source.page", "vendor.page"}, {"vendor.source", "vendor"}, {"digest", "route"},
	{"vendor.auth.cookie", "vendor.auth.header"}, {"vendor.auth.query", "vendor.auth.header"},
}

// elsewhere are tables that a page of their own tells of.
var elsewhere = map[string]string{"vendor.page": "custom-pages.md"}

// Missing returns the keys that the code reads and the example does not tell of, and those of the example that the code
// does not read.
func Missing() []string {
	keys, told := config.Keys(), map[string]bool{}
	var missing []string
	for _, s := range sections() {
		for _, e := range s.keys {
			path := join(s.table, e.key)
			told[path] = e.text != ""
			if _, read := keys[path]; !read && s.table != "channel" {
				missing = append(missing, path+" (the code does not read it)")
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(keys)) {
		if !keys[path].Table && !told[path] && like(path, told) == "" && elsewhereOf(path) == "" {
			missing = append(missing, path)
		}
	}
	return missing
}

func join(table, key string) string { return strings.TrimPrefix(table+"."+key, ".") }

// like returns the table whose key of the same name is told of in place of this one.
func like(path string, told map[string]bool) string {
	for again := true; again; {
		again = false
		for _, pair := range alike {
			rest, in := strings.CutPrefix(path, pair[0]+".")
			if !in {
				continue
			}
			if path = join(pair[1], rest); told[path] || elsewhereOf(path) != "" {
				return pair[1]
			}
			again = true
			break
		}
	}
	return ""
}

func elsewhereOf(path string) string {
	for table, page := range elsewhere {
		if strings.HasPrefix(path, table+".") {
			return page
		}
	}
	return ""
}

//go:embed opening.md
var opening string

// Page returns docs/config.md. kinds are the types of channels, and about says what each is.
func Page(kinds config.ChannelKinds, about map[string]string) string {
	var b strings.Builder
	b.WriteString(opening)
	keys, defaults := config.Keys(), config.Defaults()
	all := sections()
	told := map[string]bool{}
	for _, s := range all {
		for _, e := range s.keys {
			told[join(s.table, e.key)] = true
		}
	}
	for _, s := range all {
		fmt.Fprintf(&b, "\n## %s\n", heading(s.table, keys))
		if s.text != "" {
			fmt.Fprintf(&b, "\n%s\n", s.text)
		}
		if s.table == "channel" {
			channels(&b, kinds, about)
			continue
		}
		b.WriteString("\n| key | value | left out | meaning |\n|---|---|---|---|\n")
		for _, e := range s.keys {
			path := join(s.table, e.key)
			fmt.Fprintf(&b, "| `%s` | %s, such as %s | %s | %s |\n", e.key, keys[path].What, code(e.value),
				code(defaults[path]), cell(e.text))
		}
		further(&b, s.table, keys, told)
	}
	return b.String()
}

func heading(table string, keys map[string]tomlcheck.Key) string {
	switch {
	case table == "":
		return "At the top"
	case table == "channel" || keys[table].Many:
		return "`[[" + table + "]]`"
	}
	return "`[" + table + "]`"
}

// further names the keys and the tables of a table that are told of in another place.
func further(b *strings.Builder, table string, keys map[string]tomlcheck.Key, told map[string]bool) {
	same, tables := map[string][]string{}, []string{}
	for _, path := range slices.Sorted(maps.Keys(keys)) {
		key, in := strings.CutPrefix(path, table+".")
		if table == "" || !in || strings.Contains(key, ".") || told[path] {
			continue
		}
		switch {
		case !keys[path].Table:
			of := like(path, told)
			same[of] = append(same[of], "`"+key+"`")
		case elsewhere[path] != "":
			tables = append(tables, fmt.Sprintf("%s is described in [%s](%s).", heading(path, keys), elsewhere[path],
				elsewhere[path]))
		default:
			n := slices.IndexFunc(alike, func(pair [2]string) bool { return pair[0] == path })
			if n >= 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(told)), func(key string) bool {
				return strings.HasPrefix(key, path+".")
			}) {
				tables = append(tables, fmt.Sprintf("%s has the keys of %s.", heading(path, keys),
					heading(alike[n][1], keys)))
			}
		}
	}
	for _, of := range slices.Sorted(maps.Keys(same)) {
		fmt.Fprintf(b, "\nAs under %s: %s.\n", heading(of, keys), strings.Join(same[of], ", "))
	}
	if len(tables) > 0 {
		fmt.Fprintf(b, "\n%s\n", strings.Join(tables, " "))
	}
}

// channels writes what the types of channels have.
func channels(b *strings.Builder, kinds config.ChannelKinds, about map[string]string) {
	b.WriteString("\n`name` is unique; digests and routes name it. `type` is one of those below; left out: `slack`.\n")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(b, "\n### type = %q\n\n%s.\n", kind, upper(about[kind]))
		if len(kinds[kind].Keys) == 0 {
			b.WriteString("\nIt has no further keys.\n")
			continue
		}
		b.WriteString("\n| key | such as | required | meaning |\n|---|---|---|---|\n")
		for _, k := range kinds[kind].Keys {
			required, name, value := "", "`"+k.Name+"`", k.Example
			if k.Required {
				required = "yes"
			}
			if k.IsSecret() {
				name, value = fmt.Sprintf("`%s_env` or `%s_file`", k.Name, k.Name), fmt.Sprintf("%q", k.Example)
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, code(value), required,
				cell(strings.TrimSuffix(k.Doc+". "+k.More, ". ")))
		}
	}
}

func upper(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// cell is a text in a cell of a table.
func cell(text string) string {
	if sentenceOpen.MatchString(text) {
		text = upper(text)
	}
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

// code is a value in a cell of a table.
func code(value string) string {
	if value == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(value, "|", `\|`) + "`"
}
