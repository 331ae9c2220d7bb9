package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// Auth says who may read, and who may write. The zero value lets everybody read, and nobody write. It holds only
// hashes, so that no log and no panic can show a secret.
type Auth struct {
	token, login, writer, pusher               [sha256.Size]byte
	wantToken, wantLogin, hasWriter, hasPusher bool
}

// Writer lets whoever knows the token write, in the header Authorization: Bearer. Browsers do not send that by
// themselves, so that no page of another site can write through one.
func (a Auth) Writer(token string) Auth {
	a.writer, a.hasWriter = sha256.Sum256([]byte(token)), true
	return a
}

// Pusher lets whoever knows the token have pages read.
func (a Auth) Pusher(token string) Auth {
	a.pusher, a.hasPusher = sha256.Sum256([]byte(token)), true
	return a
}

// Bearer lets in whoever knows the token: in the header Authorization: Bearer or, for browsers, as the password of any
// user.
func (a Auth) Bearer(token string) Auth {
	a.token, a.wantToken = sha256.Sum256([]byte(token)), true
	return a
}

// Basic lets in whoever knows the user's password, by HTTP basic authentication.
func (a Auth) Basic(user, password string) Auth {
	a.login, a.wantLogin = sha256.Sum256([]byte(user+"\x00"+password)), true
	return a
}

// required reports whether a token or a password is required.
func (a Auth) required() bool { return a.wantToken || a.wantLogin }

// allows reports whether a request may be answered. It compares hashes in constant time, so that the delay reveals
// nothing.
func (a Auth) allows(r *http.Request) bool {
	if !a.required() {
		return true
	}
	user, password, isBasic := r.BasicAuth()
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case a.wantToken && strings.EqualFold(scheme, "Bearer") && same(strings.TrimSpace(token), a.token):
		return true
	case a.wantToken && isBasic && same(password, a.token):
		return true
	}
	return a.wantLogin && isBasic && same(user+"\x00"+password, a.login)
}

func same(given string, want [sha256.Size]byte) bool {
	sum := sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(sum[:], want[:]) == 1
}

// mayWrite reports whether a request may change something.
func (a Auth) mayWrite(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return a.hasWriter && strings.EqualFold(scheme, "Bearer") && same(strings.TrimSpace(token), a.writer)
}

// mayPush reports whether a request with a token in its path may have a page read.
func (a Auth) mayPush(r *http.Request) bool {
	return a.hasPusher && same(r.Header.Get(pushHeader), a.pusher)
}
