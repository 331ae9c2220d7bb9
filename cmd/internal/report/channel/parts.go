package channel

import (
	"errors"

	"vendorwatch/cmd/internal/report/message"
)

// SendParts sends the parts of a long message in order, without those that an earlier attempt delivered. send gets what
// it returned as Thread for the first part, empty for that part itself. The *SendError of a part says how many parts
// were delivered, so that the next attempt goes on from there.
func SendParts[P any](m message.Message, parts []P, send func(part P, thread string) (Sent, error)) (Sent, error) {
	sent := Sent{Thread: m.Thread}
	for n := min(m.Parts, len(parts)-1); n < len(parts); n++ {
		one, err := send(parts[n], sent.Thread)
		var failure *SendError
		if errors.As(err, &failure) {
			failure.Parts, failure.Thread = n, sent.Thread
		}
		if err != nil {
			return Sent{}, err
		}
		sent = one
	}
	return sent, nil
}
