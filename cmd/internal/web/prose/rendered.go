package prose

import (
	"html/template"
	"sync"
)

// mostRendered is how many bytes of texts with their HTML are kept twice over: the newer and the older ones.
const mostRendered = 2 << 20

// rendered keeps the HTML of texts that were rendered lately. What a text is rendered to depends on nothing else, so
// that it is never out of date.
type rendered struct {
	mu           sync.Mutex
	newer, older map[[2]string]template.HTML // by text and base
	bytes        int                         // in newer
}

func (r *rendered) get(key [2]string) (template.HTML, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text, ok := r.newer[key]; ok {
		return text, true
	}
	text, ok := r.older[key]
	if ok {
		r.keep(key, text)
	}
	return text, ok
}

func (r *rendered) put(key [2]string, text template.HTML) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep(key, text)
}

// keep puts a text among the newer ones. When there are enough of them, the older ones are let go.
func (r *rendered) keep(key [2]string, text template.HTML) {
	if r.newer == nil || r.bytes > mostRendered {
		r.older, r.newer, r.bytes = r.newer, map[[2]string]template.HTML{}, 0
	}
	r.newer[key] = text
	r.bytes += len(key[0]) + len(key[1]) + len(text)
}
