// Package terminal writes for people who sit at a terminal: tables that fit its width, colours, text that is wrapped,
// and bars for what takes long. Where the output is a file or a pipe it is as wide as it needs to be, and plain.
package terminal

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"vendorwatch/cmd/internal/words"
)

// When colours are used, as --color says it.
const (
	ColorAuto   = "auto" // on a terminal, unless NO_COLOR is set (https://no-color.org)
	ColorAlways = "always"
	ColorNever  = "never"
)

// ColorModes are the values of --color.
var ColorModes = []string{ColorAuto, ColorAlways, ColorNever}

// A Screen is where a command shows its results. Its zero value discards them.
type Screen struct {
	out   io.Writer
	width int // columns; 0 if any line may be as long as it is
	color bool
}

// NewScreen shows on w, which may be a file, a pipe or a terminal. mode is one of ColorModes; any other is ColorAuto.
func NewScreen(w io.Writer, mode string) Screen {
	s := Screen{out: w, color: mode == ColorAlways}
	if !words.IsTerminal(w) {
		return s
	}
	if mode != ColorAlways && mode != ColorNever {
		s.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			s.width = columns
		}
	}
	return s
}

// readable is the longest line of text that is read with ease, in columns.
const readable = 100

// Wrap breaks the lines of a text between words so that they fit the screen, each indented by so many columns. A word
// that does not fit stays whole. Where the output is no terminal, lines are indented only.
func (s Screen) Wrap(body string, indent int) string {
	margin := strings.Repeat(" ", indent)
	var out []string
	for _, line := range strings.Split(body, "\n") {
		out = append(out, s.wrapLine(line, indent)...)
	}
	for n, line := range out {
		if line != "" {
			out[n] = margin + line
		}
	}
	return strings.Join(out, "\n")
}

func (s Screen) wrapLine(line string, indent int) []string {
	width := min(s.width, readable) - indent
	if s.width == 0 || text.StringWidth(line) <= width {
		return []string{line}
	}
	// What is indented by the vendor, a list for example, stays so on each of its lines.
	own := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var lines []string
	current := own
	for _, word := range strings.Fields(line) {
		if strings.TrimSpace(current) != "" && text.StringWidth(current)+1+text.StringWidth(word) > width {
			lines, current = append(lines, current), own
		}
		if strings.TrimSpace(current) != "" {
			current += " "
		}
		current += word
	}
	return append(lines, current)
}

// paint colours a text that is clean already.
func (s Screen) paint(t string, colors text.Colors) string {
	if !s.color || len(colors) == 0 || t == "" {
		return t
	}
	return colors.EscapeSeq() + t + text.Reset.EscapeSeq()
}

// Colours by the word that is coloured. What is not known is not coloured as well.
var (
	colorBad   = text.Colors{text.FgRed, text.Bold}
	colorWorse = text.Colors{text.FgRed}
	colorSome  = text.Colors{text.FgYellow}
	colorPlan  = text.Colors{text.FgBlue}
	colorWell  = text.Colors{text.FgGreen}
	colorQuiet = text.Colors{text.Faint}

	wordColors = map[string]text.Colors{
		"critical": colorBad, "major": colorWorse, "minor": colorSome,
		"major outage": colorBad, "partial outage": colorWorse, "degraded performance": colorSome,
		"under maintenance": colorPlan, "maintenance": colorPlan, "operational": colorWell,
		"unreadable": colorWorse, "failing": colorWorse, "refused": colorWorse, "failed": colorWorse,
		"resolved": colorQuiet, "completed": colorQuiet, "cancelled": colorQuiet, "unknown": colorQuiet,
	}
)

// colorsOf are the colours of a severity, a state or a status, such as "major incident" or "unreadable, minor trouble
// when last read".
func colorsOf(word string) text.Colors {
	first := strings.ReplaceAll(strings.ToLower(word), "_", " ")
	if at := strings.IndexAny(first, ",:("); at >= 0 {
		first = first[:at]
	}
	first = strings.TrimSpace(first)
	return wordColors[strings.TrimSuffix(first, " incident")]
}

// CheckColor says what is wrong with a value of --color; nil if nothing is.
func CheckColor(mode string) error {
	if slices.Contains(ColorModes, mode) {
		return nil
	}
	return fmt.Errorf("--color %q is unknown; write one of: %s", mode, strings.Join(ColorModes, ", "))
}
