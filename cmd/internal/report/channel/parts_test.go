package channel

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/message"
)

// However often a receiver fails in between, it gets each part once and in order, and the later ones in the thread of
// the first.
func TestPartsArriveOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "parts")]
		var got []string
		m := message.Message{}
		for try := 0; ; try++ {
			sent, err := SendParts(m, parts, func(part, thread string) (Sent, error) {
				if try < 20 && rapid.Bool().Draw(t, "fails") {
					return Sent{}, &SendError{Channel: "ops", Reason: "503"}
				}
				got = append(got, part+thread)
				return Sent{Receipt: part, Thread: "1"}, nil
			})
			if err == nil {
				if last := parts[len(parts)-1]; sent.Receipt != last || sent.Thread != "1" {
					t.Fatalf("sent %+v", sent)
				}
				break
			}
			var failure *SendError
			if !errors.As(err, &failure) || failure.Parts != len(got) {
				t.Fatalf("%d parts arrived: %+v", len(got), failure)
			}
			m.Parts, m.Thread = failure.Parts, failure.Thread
		}
		want := strings.Join(parts, "1 ") + "1"
		if want = strings.Replace(want, "a1", "a", 1); strings.Join(got, " ") != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
