package message

import "vendorwatch/normalize"

// Colors of what is no incident, and of what is over, however bad it was.
const (
	ColorPlain = "#39424e"
	ColorOver  = "#1f7a4d"
)

// SeverityColor is the colour of a severity, in HTML's form. Text of that colour can be read on white.
func SeverityColor(severity string) string {
	switch normalize.Severity(severity) {
	case normalize.SeverityCritical:
		return "#b42318"
	case normalize.SeverityMajor:
		return "#c4540a"
	case normalize.SeverityMinor:
		return "#8a6a00"
	}
	return "#5b6472"
}

// Color shows at a glance how bad an incident is, or that it is over. One that left its page without a resolution is
// not known to be over.
func (i Item) Color() string {
	switch {
	case i.over():
		return ColorOver
	case i.Kind == string(normalize.KindMaintenance):
		return ColorPlain
	}
	return SeverityColor(i.Severity)
}
