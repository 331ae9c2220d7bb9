package pingoru

import (
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// timeline reads the updates that follow the timeline's label.
func (r reader) timeline(label textLine, lines []textLine, in *incident) []normalize.RawUpdate {
	type entry struct {
		state, posted string
		head, body    int // line numbers
	}
	var entries []entry
	end := len(lines)
	marked := ""
	for i := 0; i < len(lines); i++ {
		if lbl, _, n := labelAt(lines, i); n > 0 && r.view != nil && (lbl == "started" || lbl == "") {
			end = i // the facts may stand beside the timeline, and so after it
			for i < len(lines) {
				lbl, value, n := labelAt(lines, i)
				if n == 0 {
					i++
					continue
				}
				in.set(lbl, value)
				i += n
			}
			break
		}
		state, posted, mark, n := headAt(lines, i, r.view != nil)
		if n == 0 || len(entries) > 0 && mark != marked {
			continue
		}
		marked = mark
		entries = append(entries, entry{state, posted, i, i + n})
		i += n - 1
	}
	if len(entries) == 0 {
		return nil
	}
	if r.view != nil {
		heads := make([]int, len(entries))
		for i, e := range entries {
			heads[i] = lines[e.head].from()
		}
		last := r.view.within(label.from(), heads)
		for end > entries[len(entries)-1].body && lines[end-1].from() >= last[1] {
			end--
		}
	}
	if r.view == nil {
		if last := &entries[len(entries)-1]; last.body == end && len(entries) > 1 &&
			zoned.MatchString(entries[0].posted) &&
			!zoned.MatchString(last.posted) {
			// The page was cut inside the time.
			entries, end, in.raw.Excerpt = entries[:len(entries)-1], last.head, true
		} else if cutHead.MatchString(lines[end-1].text) && marked != "" {
			end, in.raw.Excerpt = end-1, true
		}
	}
	updates := make([]normalize.RawUpdate, len(entries))
	for i, e := range entries {
		to := end
		if i+1 < len(entries) {
			to = entries[i+1].head
		}
		body, format := r.body(lines[e.body:max(e.body, to)])
		updates[i] = normalize.RawUpdate{
			State:  e.state,
			Posted: normalize.RawTime{Text: e.posted},
			Body:   body,
			Format: format,
		}
	}
	if printedBefore(updates[len(updates)-1].Posted.Text, updates[0].Posted.Text) {
		slices.Reverse(updates)
	}
	return updates
}

// headAt reads the state and the time that begin an update. Where one update of a plain text is
// numbered or dashed all are, so that the mark tells a head from a line of a body.
func headAt(lines []textLine, i int, isHTML bool) (state, posted, mark string, n int) {
	text := lines[i].spaced()
	if m := updateHead.FindStringSubmatch(text); m != nil {
		mark = m[2]
		if m[1] != "" {
			mark = "1."
		}
		if isHTML {
			mark = "" // list marks are not part of the markup
		}
		return m[3], m[4], mark, 1
	}
	if !isHTML || i+1 >= len(lines) || !timeOnly.MatchString(lines[i+1].spaced()) {
		return "", "", "", 0
	}
	if m := stateWord.FindStringSubmatch(text); m != nil {
		return m[1], lines[i+1].spaced(), "", 2
	}
	return "", "", "", 0
}

// body returns the text of an update, as HTML where the markup says more than the lines do.
func (r reader) body(lines []textLine) (body, format string) {
	if len(lines) == 0 {
		return "", normalize.FormatText
	}
	if r.view != nil {
		if markup, rich := r.view.markup(lines[0].from(), lines[len(lines)-1].to()); rich {
			return markup, normalize.FormatHTML
		}
	}
	var b strings.Builder
	for i, l := range lines {
		switch {
		case i > 0 && l.gap:
			b.WriteString("\n\n")
		case i > 0:
			b.WriteString("\n")
		}
		b.WriteString(l.text)
	}
	return b.String(), normalize.FormatText
}

// printedBefore reports whether a was before b, both in the form Pingoru prints; false if either is in another.
func printedBefore(a, b string) bool {
	const layout = "Jan 2, 2006, 3:04 PM MST"
	at, errA := time.Parse(layout, a)
	bt, errB := time.Parse(layout, b)
	return errA == nil && errB == nil && at.Before(bt)
}
