package normalize

import (
	"slices"
	"time"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
)

// post is one update on its way through the readings.
type post struct {
	u         Update
	firstSeen time.Time
	removedAt time.Time
	edited    bool
	keys      []string
	undated   bool               // its document has one date for all posts, which is that of the first
	owner     *source            // whose words it has
	by        map[*source]Update // what each kind of document says of it
	shown     map[*source]bool   // by its last reading
}

// takePosts joins a reading's posts with the timeline.
func (f *folding) takePosts(v *view) {
	if len(v.i.Updates) == 0 {
		return // a document that shows no posts says nothing of them
	}
	s := v.source
	found := f.match(v)
	shown := make(map[*post]bool, len(found))
	for n := range v.i.Updates {
		u := v.i.Updates[n]
		p := found[n]
		if p == nil {
			p = f.add(v, u)
		} else {
			f.change(v, p, u)
		}
		p.by[s], p.shown[s] = u, true
		if !slices.Contains(p.keys, u.Key) {
			p.keys = append(p.keys, u.Key)
		}
		shown[p] = true
		if !p.removedAt.IsZero() {
			f.revise(v.seen, p.u.Key, "removed_at", FormatTime(p.removedAt), "")
			p.removedAt = time.Time{}
		}
	}
	if v.i.Excerpt || s.single {
		return
	}
	for _, p := range f.posts {
		if !p.shown[s] || shown[p] {
			continue
		}
		p.shown[s] = false
		if p.removedAt.IsZero() {
			f.revise(v.seen, p.u.Key, "removed_at", "", FormatTime(v.seen))
			p.removedAt = v.seen
		}
	}
}

func (f *folding) add(v *view, u Update) *post {
	p := &post{u: u, firstSeen: v.seen, owner: v.source, by: map[*source]Update{}, shown: map[*source]bool{}}
	p.u.Was, p.u.Key = "", f.unusedKey(u.Key)
	if p.u.Key != u.Key && !generatedKey(u.Key) {
		f.record.Findings = append(f.record.Findings,
			Problem{Finding: sharedPostID(u.Key), First: v.seen, Last: v.seen, Times: 1})
	}
	if v.source.single && v.oneDate {
		for _, o := range f.posts {
			if b, ok := o.by[v.source]; ok && b.PostedAt.Equal(u.PostedAt) {
				p.u.PostedAt, p.undated = time.Time{}, true
			}
		}
	}
	f.posts = append(f.posts, p)
	return p
}

func (f *folding) unusedKey(key string) string {
	used := make([]Update, len(f.posts))
	for n, p := range f.posts {
		used[n].Key = p.u.Key
	}
	return unusedKey(used, key)
}

// match finds, for each post of a reading, the one that is known: the same words of the same kind of document; the
// same id; without one the same minute and state, and among several of those the same text. Each is matched once, so
// that two posts of one minute and text, or of one id, stay two. Of an id that another kind of document has for another
// post, only the same kind of document can tell whether the post was edited.
func (f *folding) match(v *view) []*post {
	s, updates := v.source, v.i.Updates
	found := make([]*post, len(updates))
	taken := make(map[*post]bool, len(f.posts))
	left := len(updates)
	pass := func(same func(p *post, u *Update) bool) {
		if left == 0 || len(taken) == len(f.posts) {
			return
		}
		for n := range updates {
			if found[n] != nil {
				continue
			}
			for _, p := range f.posts {
				if !taken[p] && same(p, &updates[n]) {
					found[n], taken[p] = p, true
					left--
					break
				}
			}
		}
	}
	own := func(same func(k, u Update) bool) func(p *post, u *Update) bool {
		return func(p *post, u *Update) bool {
			k, ok := p.by[s]
			return ok && same(k, *u)
		}
	}
	// A post is compared as the record has it, and as the same kind of document had it.
	any := func(same func(k, u Update) bool) func(p *post, u *Update) bool {
		mine := own(same)
		return func(p *post, u *Update) bool { return same(p.u, *u) || mine(p, u) }
	}
	text := func(k, u Update) bool {
		return k.Body == u.Body || f.memo.squeeze(k.Body) == f.memo.squeeze(u.Body)
	}
	oneID := func(k, u Update) bool { return !generatedKey(u.Key) && k.Key == u.Key }
	pass(own(func(k, u Update) bool { return k == u }))
	pass(any(func(k, u Update) bool { return oneID(k, u) && text(k, u) }))
	pass(own(oneID))
	pass(func(p *post, u *Update) bool { return oneID(p.u, *u) && !twoPosts(p.u, *u) })
	pass(any(func(k, u Update) bool { return sameMinute(k, u) && alike(k, u) && text(k, u) }))
	pass(any(func(k, u Update) bool { return alike(k, u) && text(k, u) }))
	pass(any(func(k, u Update) bool { return sameMinute(k, u) && alike(k, u) }))
	pass(any(alike))
	if !v.i.Excerpt && !s.single {
		// The same words of the same document at another time: the vendor moved the post.
		pass(own(func(k, u Update) bool {
			return generatedKey(k.Key) && generatedKey(u.Key) && k.State == u.State && k.Body == u.Body && k.Body != ""
		}))
	}
	return found
}

// change brings a known post up to what a reading says of it.
func (f *folding) change(v *view, p *post, u Update) {
	s := v.source
	was, said := p.by[s]
	if said && was == u {
		return
	}
	if generatedKey(p.u.Key) && !generatedKey(u.Key) {
		key := f.unusedKey(u.Key)
		for n := range f.record.Revisions {
			if f.record.Revisions[n].UpdateKey == p.u.Key {
				f.record.Revisions[n].UpdateKey = key
			}
		}
		p.u.Key = key
	}
	fresh := newer(s, p.owner, said)
	edit := func(field, old, new string) {
		f.revise(v.seen, p.u.Key, field, old, new)
		p.edited = true
	}
	stateless := func(u Update) bool {
		return u.State == StateUpdate || u.State == StateUnknown && u.VendorState == ""
	}
	switch {
	case said && was.State == u.State && was.VendorState == u.VendorState, stateless(u):
	case stateless(p.u):
		p.u.State, p.u.VendorState = u.State, u.VendorState
	case p.u.State == u.State:
		p.u.VendorState = clearer(p.u.VendorState, u.VendorState)
	case fresh:
		edit("state", string(p.u.State), string(u.State))
		p.u.State, p.u.VendorState = u.State, u.VendorState
	}
	p.u.CreatedAt = times.Finer(p.u.CreatedAt, u.CreatedAt)
	switch {
	case u.PostedAt.IsZero(), p.undated, said && was.PostedAt.Equal(u.PostedAt):
	case p.u.PostedAt.IsZero():
		p.u.PostedAt = u.PostedAt
	case times.Same(p.u.PostedAt, u.PostedAt):
		p.u.PostedAt = times.Finer(p.u.PostedAt, u.PostedAt)
	case fresh:
		edit("posted_at", FormatTime(p.u.PostedAt), FormatTime(u.PostedAt))
		p.u.PostedAt = u.PostedAt
	}
	if said && was.Body == u.Body {
		return
	}
	body, edited := f.body(p, u, was, said, fresh)
	if edited {
		edit("body", p.u.Body, body)
	}
	if body == u.Body {
		p.owner = s
	}
	p.u.Body = body
}

// body joins what is known of a post's text with what a reading shows, and reports whether the vendor changed it.
func (f *folding) body(p *post, u, was Update, said, fresh bool) (body string, edited bool) {
	k := p.u.Body
	same := f.memo.squeeze(k) == f.memo.squeeze(u.Body)
	named := func() bool { // the documents with ids have the text as it was written
		for s, o := range p.by {
			if s == p.owner {
				return !generatedKey(o.Key)
			}
		}
		return !generatedKey(p.u.Key)
	}
	switch {
	case k == "":
		return u.Body, false
	case u.Body == "" || k == u.Body:
		return k, false
	case said && same:
		// One kind of document shows the words in another form than before. A link that leads elsewhere is an edit,
		// and so is a space that comes or goes; its line ends alone are none.
		if !fresh {
			return k, false
		}
		if markdown.Line(was.Body) == markdown.Line(u.Body) {
			return richer(k, u.Body), false
		}
		if markdown.PlainQuotes(markdown.Plain(k)) == markdown.PlainQuotes(markdown.Plain(u.Body)) &&
			generatedKey(u.Key) {
			return richer(k, u.Body), false
		}
		return u.Body, true
	case same && named() != !generatedKey(u.Key):
		if named() {
			return k, false
		}
		return u.Body, false
	case same:
		return richer(k, u.Body), false
	case cutOf(u.Body, k, u.PostedAt.IsZero()):
		return k, false
	case cutOf(k, u.Body, p.u.PostedAt.IsZero() && !p.undated):
		return u.Body, false
	case !fresh:
		return k, false
	}
	return u.Body, true
}

// finishPosts puts the timeline in order. A post without a time of its own stands where it was first seen.
func (f *folding) finishPosts() {
	slices.SortStableFunc(f.posts, func(a, b *post) int { return a.when().Compare(b.when()) })
	inForce := StateUpdate
	for _, p := range f.posts {
		// A post headed "Update", whose state was not to be seen in its own document, has the state in force.
		switch p.u.State {
		case StateUpdate:
			p.u.State = inForce
		case StatePostmortem, StateUnknown:
		default:
			if p.removedAt.IsZero() {
				inForce = p.u.State
			}
		}
		f.record.Updates = append(
			f.record.Updates,
			Post{
				Update: p.u, FirstSeen: p.firstSeen, RemovedAt: p.removedAt, Edited: p.edited, Keys: p.keys,
			},
		)
		if p.removedAt.IsZero() {
			f.record.Incident.Updates = append(f.record.Incident.Updates, p.u)
		}
	}
}

// when is the time by which the timeline is ordered.
func (p *post) when() time.Time {
	if p.undated {
		return p.firstSeen
	}
	return p.u.PostedAt
}
