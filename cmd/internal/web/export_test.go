package web

// WorthCompressing is the size from which on an answer is compressed.
const WorthCompressing = worthCompressing

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
