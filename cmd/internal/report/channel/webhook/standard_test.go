package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/secret"
)

// The key, the message and the signature are the example of the specification's libraries.
func TestStandardWebhooksSignTheirExample(t *testing.T) {
	h := http.Header{}
	standardHeaders(h, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
		[]byte(`{"test": 2432232314}`))
	if got := h.Get("webhook-signature"); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

// What arrives is verified by the words of the specification, from the headers and the bytes alone, and by OpenSSL
// where there is one; a repeat has the same id.
func TestStandardWebhooksVerify(t *testing.T) {
	raw := strings.Repeat("k3y-", 8)
	key := "whsec_" + base64.StdEncoding.EncodeToString([]byte(raw))
	var headers []http.Header
	r := channeltest.Serve(func(t *testing.T, address string) channel.Channel {
		v := values(address)
		v["secret"] = secret.New(key)
		c, err := Kind().New("ops", v, channel.Environment{Client: channeltest.Client(time.Minute)})
		return channeltest.Must(t, c, err)
	})(t, func(_ http.ResponseWriter, r *http.Request) { headers = append(headers, r.Header) })
	for range 2 {
		if _, err := r.Channel.Send(t.Context(), reporttest.Alert(message.ReasonFirst, nil)); err != nil {
			t.Fatal(err)
		}
	}
	for n, body := range r.Received() {
		h := headers[n]
		signed := h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "." + body
		mac := hmac.New(sha256.New, []byte(raw))
		mac.Write([]byte(signed))
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if h.Get("webhook-id") != "vw-5" || h.Get("webhook-signature") != want {
			t.Errorf("headers %v, want the signature %s", h, want)
		}
		openssl, err := exec.LookPath("openssl")
		if err != nil {
			continue
		}
		c := exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-hmac", raw, "-binary")
		c.Stdin = strings.NewReader(signed)
		out, err := c.Output()
		if err != nil || "v1,"+base64.StdEncoding.EncodeToString(out) != h.Get("webhook-signature") {
			t.Errorf("OpenSSL: %v %s", err, base64.StdEncoding.EncodeToString(out))
		}
	}
}

func TestKeysOfStandardWebhooks(t *testing.T) {
	for key, good := range map[string]bool{
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 24)): true,
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 64)): true,
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23)): false,
		"whsec_not base64": false,
		"any other text":   true,
	} {
		if err := checkSecret(key); (err == nil) != good {
			t.Errorf("%s: %v", key, err)
		}
	}
}
