package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Length reads a length of time as people write it: "90s", "2h30m", "7d". It refuses negative ones and those without a
// unit.
func Length(text string) (time.Duration, error) {
	s := strings.TrimSpace(text)
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, fmt.Errorf("%q has no unit; write it with one, for example \"%ss\"", s, strings.TrimPrefix(s, "-"))
	}
	var whole time.Duration
	rest := s
	if days, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, notLength(s)
		}
		whole, rest = time.Duration(n)*day, after
	}
	if rest != "" || whole == 0 && !strings.HasSuffix(s, "d") {
		part, err := time.ParseDuration(rest)
		if err != nil || part > math.MaxInt64-whole {
			return 0, notLength(s)
		}
		if part < 0 {
			return 0, fmt.Errorf("%q is negative; write for example \"90s\"", s)
		}
		whole += part
	}
	return whole, nil
}

func notLength(s string) error {
	return fmt.Errorf("%q is not a duration; write for example \"90s\", \"20m\", \"24h\" or \"7d\"", s)
}
