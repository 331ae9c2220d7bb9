package message

import (
	"encoding/json"
	"fmt"
	"time"
)

// stored is a message with all that its text depends on.
type stored struct {
	Message
	ZoneName  string           `json:"zone_name,omitempty"`
	Unwatched map[int64]string `json:"unwatched,omitempty"`
}

// Encode returns a message in a form from which Decode makes it again, so that each attempt to send it says the same.
func Encode(m Message) (string, error) {
	s := stored{Message: m}
	if m.Zone != nil {
		s.ZoneName = m.Zone.String()
	}
	if m.Digest != nil {
		s.Unwatched = m.Digest.Unwatched
	}
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("message %s: %w", m.ID, err)
	}
	return string(text), nil
}

// Ends says which of what a message is about has ended, as a word that is the same where that is the same.
func (m Message) Ends() string {
	ends := ""
	for _, i := range m.Items {
		ends += fmt.Sprintf("%d:%v ", i.IncidentID, i.Open)
	}
	if m.Source != nil {
		ends += fmt.Sprintf("page:%v", m.Source.Open)
	}
	return ends
}

// Decode returns the message that Encode was given, without its threads and what parts of it were delivered.
func Decode(text string) (Message, error) {
	var s stored
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return Message{}, fmt.Errorf("stored message: %w", err)
	}
	m := s.Message
	if s.ZoneName != "" {
		zone, err := time.LoadLocation(s.ZoneName)
		if err != nil {
			return Message{}, fmt.Errorf("stored message %s: %w", m.ID, err)
		}
		m.Zone = zone
	}
	if m.Digest != nil {
		m.Digest.Location, m.Digest.Unwatched = m.Zone, s.Unwatched
	}
	return m, nil
}
