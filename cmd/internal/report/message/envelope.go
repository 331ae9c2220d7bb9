package message

// Envelope is a message as programs get it, from a webhook or as a line of a file. docs/webhook.md describes it.
type Envelope struct {
	Version int    `json:"version"` // of this form; fields may be added, none changes its meaning
	Subject string `json:"subject"` // the message in one line
	Text    string `json:"text"`    // the message for people
	Message
}

// NewEnvelope wraps a message, with empty lists in place of absent ones.
func NewEnvelope(m Message) Envelope {
	if m.Items == nil {
		m.Items = []AlertItem{}
	}
	if m.EventIDs == nil {
		m.EventIDs = []int64{}
	}
	return Envelope{Version: 1, Subject: m.Subject(), Text: Text(m, 0), Message: m}
}
