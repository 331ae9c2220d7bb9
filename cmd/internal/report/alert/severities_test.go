package alert

import "vendorwatch/normalize"

const (
	none     = normalize.SeverityNone
	minor    = normalize.SeverityMinor
	unknown  = normalize.SeverityUnknown
	major    = normalize.SeverityMajor
	critical = normalize.SeverityCritical
)
