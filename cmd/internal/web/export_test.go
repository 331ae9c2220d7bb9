package web

// MaxURL is the longest address, for tests.
const MaxURL = maxURL

// WorthCompressing is the size from which on an answer is compressed, and TakesGzip whether a list of encodings asks
// for it.
const WorthCompressing = worthCompressing

// TakesGzip is for tests.
var TakesGzip = takesGzip

// FillStreams takes all places for streams but those that are taken already.
func (s *Server) FillStreams() {
	for {
		select {
		case s.streams <- struct{}{}:
		default:
			return
		}
	}
}
