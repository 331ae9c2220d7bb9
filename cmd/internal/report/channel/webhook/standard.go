package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"unicode"
)

// standardPrefix begins a key of Standard Webhooks (https://www.standardwebhooks.com). The base64 of 24 to 64 bytes
// follows.
const standardPrefix = "whsec_"

// standardHeaders are those of Standard Webhooks: the message's id, when it was sent in Unix seconds, and, where the
// key is one of theirs, the signature.
func standardHeaders(header http.Header, key, id, stamp string, body []byte) {
	header.Set("Webhook-Id", id)
	header.Set("Webhook-Timestamp", stamp)
	if !strings.HasPrefix(key, standardPrefix) {
		return
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, standardPrefix))
	if err != nil {
		return // the config refuses such a key
	}
	mac := hmac.New(sha256.New, raw)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// checkSecret finds keys that look like those of Standard Webhooks and are none, and what no key holds.
func checkSecret(key string) error {
	if strings.ContainsFunc(key, unicode.IsControl) {
		return errors.New("holds a control character; set it to a key of letters and digits")
	}
	if !strings.HasPrefix(key, standardPrefix) {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, standardPrefix))
	if err != nil || len(raw) < 24 || len(raw) > 64 {
		return errors.New("does not hold a key of Standard Webhooks, although it begins with whsec_; " +
			"set it to whsec_ and the base64 of 24 to 64 bytes of chance, as from: " +
			"echo whsec_$(openssl rand -base64 32)")
	}
	return nil
}
