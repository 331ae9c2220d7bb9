package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/scraper"
)

// authority signs a certificate for whatever host a client asks for.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

func (a *authority) sign(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	leaf := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{hello.ServerName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, &a.key.PublicKey, a.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, err
}

// everyHost serves one handler to all that ask for any host through the proxy whose address it returns.
func everyHost(t *testing.T, a *authority, handler http.Handler) string {
	t.Helper()
	outside := httptest.NewUnstartedServer(handler)
	outside.TLS = &tls.Config{GetCertificate: a.sign}
	outside.StartTLS()
	t.Cleanup(outside.Close)
	return tunnel(t, outside, func(*http.Request) bool { return true })
}

// TestFiftyVendorsFromAListOfNames holds that a list of names is all that somebody needs for a first digest.
func TestFiftyVendorsFromAListOfNames(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	page := story(now.Add(-48*time.Hour), "kustomer")[0]
	page.Incidents = append(page.Incidents, simulate.Incident{Name: "Lists are slow", Impact: "major",
		Updates: []simulate.Update{{State: "investigating", At: now.Add(-time.Hour), Body: "We are looking into it."}}})
	a := newAuthority(t)
	proxy := everyHost(t, a, simulate.NewSite(page, func() time.Time { return now }))
	var names []string
	domains := map[string]bool{}
	for _, e := range scraper.Catalogue() {
		host := strings.Split(strings.TrimPrefix(e.Page, "https://"), ".")
		domain := strings.Join(host[max(0, len(host)-2):], ".")
		if e.Platform == "statuspage" && !strings.Contains(domain, "/") && !domains[domain] && len(names) < 50 {
			domains[domain] = true
			names = append(names, e.Name)
		}
	}
	dir := t.TempDir()
	write := func(file, text string) {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("names.txt", strings.Join(names, "\n"))
	write("ca.pem", string(a.pem))
	run := func(args ...string) string {
		t.Helper()
		out, err := program(dir, []string{"HTTPS_PROXY=" + proxy}, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := run("init", "--from", "names.txt", "--contact", "ops@vendorwatch.test"); !strings.Contains(out,
		"with 50 vendors") {
		t.Fatal(out)
	}
	config, err := os.ReadFile(filepath.Join(dir, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	write("config.toml", strings.Replace(string(config), "[fetch]\n", "[fetch]\nca_file = \"ca.pem\"\n", 1))
	if out := run("config", "check"); !strings.Contains(out, "50 vendors, 50 sources") {
		t.Fatal(out)
	}
	if out := run("scrape"); !strings.Contains(out, "50 sources read") {
		t.Fatal(out)
	}
	digest := run("digest")
	if !strings.Contains(digest, "50 of 50 vendors readable") || strings.Count(digest, "Lists are slow") != 50 {
		t.Errorf("the first digest does not tell what is open at fifty vendors:\n%.2000s", digest)
	}
	for _, name := range []string{names[0], names[49]} {
		if !strings.Contains(digest, name) {
			t.Errorf("the first digest does not name %s", name)
		}
	}
}
