package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
)

// Duration is a length of time as written in the file: Go's form ("90s", "1h30m"), or with days in
// front ("7d", "1d12h"). It is a struct because a decoder would store a bare number in an integer
// as nanoseconds.
type Duration struct{ time.Duration }

// UnmarshalText reads a duration; it refuses negative ones and those without a unit.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = words.Length(string(text))
	return err
}

// Describe says what a duration is, for a mistake.
func (d Duration) Describe() (what, example string) { return "a duration", `"90s"` }

// Durations is a list of lengths of time.
type Durations []Duration

// Describe says what a list of durations is, for a mistake.
func (d Durations) Describe() (what, example string) { return "a list of durations", `["24h", "1h"]` }

// MarshalText writes the duration in Go's form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Size is a number of bytes. In the file it is a number, or text with a unit: "16MiB", "500KB".
type Size int64

// Describe says what a size is, for a mistake.
func (z Size) Describe() (what, example string) { return "a size", `"16MiB"` }

// UnmarshalText reads a size with or without a unit: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB
// (powers of 1024).
func (z *Size) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	digits := strings.TrimRight(s, "BKMGibkmg ")
	n, err := strconv.ParseInt(digits, 10, 64)
	unit, known := map[string]int64{
		"": 1, "b": 1,
		"kb": 1e3, "mb": 1e6, "gb": 1e9,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
	}[strings.ToLower(strings.TrimSpace(s[len(digits):]))]
	if err != nil || !known || n > math.MaxInt64/unit || n < 0 {
		return fmt.Errorf("%q is not a size; write for example \"16MiB\"", s)
	}
	*z = Size(n * unit)
	return nil
}

// String writes the size with the largest unit that divides it.
func (z Size) String() string {
	for _, u := range []struct {
		name string
		size Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if z != 0 && z%u.size == 0 {
			return fmt.Sprintf("%d%s", z/u.size, u.name)
		}
	}
	return fmt.Sprintf("%dB", int64(z))
}
