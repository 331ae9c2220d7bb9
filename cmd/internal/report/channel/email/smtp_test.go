package email

import (
	"bufio"
	"crypto/tls"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// mailbox is an SMTP server on loopback that keeps what it is handed.
type mailbox struct {
	t      *testing.T
	listen net.Listener
	tls    *tls.Config

	answers map[string]string // by command, in place of a success: "RCPT", "DATA", "." for the end of the data, "AUTH"

	mu    sync.Mutex
	mails []string
	auth  []string
	conns []net.Conn
}

// newMailbox begins to listen. With encrypted, it speaks TLS from the first byte.
func newMailbox(t *testing.T, config *tls.Config, encrypted bool, answers map[string]string) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &mailbox{t: t, listen: l, tls: config, answers: answers}
	if encrypted {
		b.listen = tls.NewListener(l, config)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := b.listen.Accept()
			if err != nil {
				return
			}
			b.mu.Lock()
			b.conns = append(b.conns, c)
			b.mu.Unlock()
			wg.Go(func() { b.serve(c, encrypted) })
		}
	})
	t.Cleanup(func() {
		b.listen.Close()
		b.mu.Lock()
		for _, c := range b.conns {
			c.Close()
		}
		b.mu.Unlock()
		wg.Wait()
	})
	return b
}

func (b *mailbox) port() int { return b.listen.Addr().(*net.TCPAddr).Port }

func (b *mailbox) received() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.mails...)
}

func (b *mailbox) serve(c net.Conn, encrypted bool) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	if b.answers["CONNECT"] == "hang" {
		_, _ = io.Copy(io.Discard, c)
		return
	}
	say("220 mail.acme.test ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb = strings.ToUpper(verb)
		if answer := b.answers[verb]; answer != "" {
			if answer == "drop" {
				return
			}
			say(answer)
			continue
		}
		switch verb {
		case "EHLO":
			say("250-mail.acme.test")
			if b.tls != nil && !encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN LOGIN")
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(c, b.tls)
			c, r, encrypted = secure, bufio.NewReader(secure), true
		case "AUTH":
			b.mu.Lock()
			b.auth = append(b.auth, rest)
			b.mu.Unlock()
			say("235 welcome")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(strings.TrimPrefix(line, "."))
			}
			switch answer := b.answers["."]; answer {
			case "":
			case "drop":
				return
			default:
				say(answer)
				continue
			}
			b.mu.Lock()
			b.mails = append(b.mails, text.String())
			b.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// opened is a mail as its reader's program shows it.
type openedMail struct {
	header     mail.Header
	subject    string
	text, html string
}

func openMail(t *testing.T, source string) openedMail {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(source))
	if err != nil {
		t.Fatalf("the mail cannot be read: %v\n%s", err, source)
	}
	out := openedMail{header: m.Header}
	if out.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q: %v", m.Header.Get("Content-Type"), err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Errorf("a part is %s", p.Header.Get("Content-Transfer-Encoding"))
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			out.html = string(b)
		} else {
			out.text = string(b)
		}
	}
}
