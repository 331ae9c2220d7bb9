package stated

import (
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

var durationPart = lazyregexp.New(`(?i)(\d+(?:\.\d+)?)\s*(weeks?|days?|d|hours?|hrs?|h|minutes?|mins?|m|` +
	`seconds?|secs?|s)\b`)

// joined is where a unit and the next number stand together: 1d3h.
var joined = lazyregexp.New(`(?i)(\d ?[dhms])(\d)`)

// Length reads a printed duration such as "1d 3h", "8h 38m", "9 hours and 18 minutes". unit is its
// smallest printed unit, 0 if there is no duration in the text.
func Length(s string) (d, unit time.Duration) {
	for _, m := range durationPart.FindAllStringSubmatch(joined.ReplaceAllString(s, "$1 $2"), -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil || n > 1e5 {
			return 0, 0
		}
		u := map[byte]time.Duration{'w': 7 * 24 * time.Hour, 'd': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute,
			's': time.Second}[strings.ToLower(m[2])[0]]
		d += time.Duration(n * float64(u))
		if unit == 0 || u < unit {
			unit = u
		}
	}
	return d, unit
}
