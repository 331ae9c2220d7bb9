package normalize

import (
	"fmt"
	"time"
)

// Duration says how long something lasted in the two largest units that matter: "8 min", "2 h 5 min",
// "3 d 4 h". Parts of a minute are left away, since vendors do not publish them; a negative length is "unknown".
func Duration(d time.Duration) string {
	const day = 24 * time.Hour
	units := func(large time.Duration, largeUnit string, small time.Duration, smallUnit string) string {
		text := fmt.Sprintf("%d %s", d/large, largeUnit)
		if rest := d % large / small; rest > 0 {
			text += fmt.Sprintf(" %d %s", rest, smallUnit)
		}
		return text
	}
	switch {
	case d < 0:
		return "unknown"
	case d < time.Minute:
		return "under 1 min"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return units(time.Hour, "h", time.Minute, "min")
	}
	return units(day, "d", time.Hour, "h")
}
