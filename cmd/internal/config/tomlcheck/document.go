// Package tomlcheck reads a TOML file into a struct and finds all of its mistakes in one pass, each with its line and
// with what to write instead. A check of the values goes on where it ends: it asks the document for the places of
// keys, and notes its own mistakes there.
package tomlcheck

import (
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/secret"
)

// A Document is a TOML file that was read, with the place of each key and the mistakes found so far. Paths are keys
// joined by dots, with a number from 0 for each element of an array: vendor[2].source[0].url.
type Document struct {
	name     string
	index    *index
	types    schema
	painted  map[int]bool    // expressions that were painted over, because a mistake of theirs is noted
	unknown  map[string]bool // paths of unknown keys that are noted
	broken   bool
	mistakes Mistakes
}

// Broken reports whether not all of the file could be read, so that what is missing says nothing.
func (d *Document) Broken() bool { return d.broken }

// Mistakes returns what is wrong, in the order of the file's lines.
func (d *Document) Mistakes() Mistakes {
	sorted := slices.Clone(d.mistakes)
	sorted.sort()
	return sorted
}

// Count returns the number of mistakes noted so far.
func (d *Document) Count() int { return len(d.mistakes) }

// Has reports whether the file sets the key, or has the table.
func (d *Document) Has(path string) bool {
	_, ok := d.index.byPath[path]
	return ok
}

// Under reports whether the file has a table or anything in it: [vendor.auth] stands there too where only
// [[vendor.auth.header]] is written.
func (d *Document) Under(path string) bool { return d.Has(path) || d.index.tables[path] }

// Line returns where a path is or, if the file does not have it, the table that it would be in; 0 if the file has
// neither.
func (d *Document) Line(path string) int {
	for ; path != ""; path = parent(path) {
		if i, ok := d.index.byPath[path]; ok {
			return d.index.entries[i].line
		}
	}
	return 0
}

// Text returns the scalar that the file gives a key, as text; "" if it gives none.
func (d *Document) Text(path string) string {
	if i, ok := d.index.byPath[path]; ok {
		return d.index.entries[i].text
	}
	return ""
}

// Refused reports whether a key, or the table that it would be in, is in the file but could not be read, so that
// its mistake is noted already.
func (d *Document) Refused(path string) bool {
	for ; path != ""; path = parent(path) {
		for _, p := range []string{path, path + "[0]"} {
			if i, ok := d.index.byPath[p]; ok {
				return d.painted[d.index.entries[i].top]
			}
		}
	}
	return false
}

// Add notes a mistake about a key, or about the table that lacks it. Problem says what is wrong, write what to write
// instead.
func (d *Document) Add(path, problem, write string) { d.note(d.Line(path), path, problem, write) }

// AddError notes an error whose text ends with what to write: "…; write …".
func (d *Document) AddError(path string, err error) {
	problem, write, ok := strings.Cut(err.Error(), "; write ")
	if ok {
		write = "write " + write
	}
	d.Add(path, problem, write)
}

// note adds a mistake on a line. Messages quote values, and a secret may stand where none belongs.
func (d *Document) note(line int, path, problem, write string) {
	d.mistakes = append(d.mistakes, Mistake{
		File: d.name, Line: line, Key: secret.Mask(d.Where(path)), Problem: secret.Mask(problem),
		Write: secret.Mask(write),
	})
}

// Where says in words where a path is: vendor "GitHub": source 2: url.
func (d *Document) Where(path string) string {
	var parts []string
	prefix := ""
	for part := range strings.SplitSeq(path, ".") {
		prefix = join(prefix, part)
		name, number, ok := strings.Cut(part, "[")
		var n int
		if _, err := fmt.Sscanf(number, "%d]", &n); !ok || err != nil {
			parts = append(parts, part)
			continue
		}
		if given := d.Text(prefix + ".name"); given != "" {
			parts = append(parts, fmt.Sprintf("%s %q:", name, given))
		} else {
			parts = append(parts, fmt.Sprintf("%s %d:", name, n+1))
		}
	}
	// Tables that there is one of keep their dots: fetch.delay.
	text := ""
	for i, part := range parts {
		if i > 0 && strings.HasSuffix(parts[i-1], ":") {
			text += " " + part
		} else {
			text = join(text, part)
		}
	}
	return strings.TrimSuffix(text, ":")
}
