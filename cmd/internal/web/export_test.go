package web

// WorthCompressing is the size from which on an answer is compressed.
const WorthCompressing = worthCompressing

// FillStreams takes all places for streams that are free.
func (s *Server) FillStreams() {
	for {
		select {
		case s.streams <- struct{}{}:
		default:
			return
		}
	}
}
