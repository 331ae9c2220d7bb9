package webhook

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/normalize/lazyregexp"
)

// Kind is the type webhook of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type: "webhook",
		Doc:  "signed JSON at an address of your own",
		Keys: []channel.Key{
			{
				Name: "url", Doc: "the URL", Example: "VENDORWATCH_WEBHOOK_URL", Required: true, Zero: secret.Text{},
				Check: channel.CheckWebhook,
			},
			{Name: "secret", Doc: "the key of the signature", Example: "VENDORWATCH_WEBHOOK_SECRET",
				Zero: secret.Text{}, Check: checkSecret},
			{Name: "body", Doc: "the receiver's own form of the body", Example: "{ template = '''…''' }",
				Zero: map[string]string{}},
			{Name: "headers", Doc: "further headers", Example: `{ "X-Team" = "ops" }`, Zero: map[string]string{}},
			{
				Name: "headers_env", Doc: "further headers whose values are secrets",
				Example: "VENDORWATCH_WEBHOOK_TOKEN",
				Zero:    map[string]secret.Text{},
			},
		},
		Check: check,
		New: func(name string, v channel.Values, env channel.Environment) (channel.Channel, error) {
			headers := maps.Clone(v.Table("headers"))
			if headers == nil {
				headers = map[string]string{}
			}
			maps.Copy(headers, v.Secrets("headers_env"))
			c, err := New(name, v.Secret("url"), v.Secret("secret"), headers, env.Client)
			if text, has := v.Table("body")[bodyKeys]; has && err == nil {
				c.form, err = parseForm(text)
			}
			return channel.Made(c, err)
		},
		Preview: preview,
	}
}

// preview shows the body as it is posted.
func preview(m message.Message, v channel.Values) ([]channel.Preview, error) {
	text, has := v.Table("body")[bodyKeys]
	if !has {
		return channel.PreviewJSON(message.NewEnvelope(m))
	}
	f, err := parseForm(text)
	if err != nil {
		return nil, err
	}
	body, err := f.body(m)
	switch {
	case err != nil:
		return nil, err
	case body == nil:
		return []channel.Preview{{Form: "txt", Text: "Nothing is sent: " + leftOut + ".\n"}}, nil
	}
	return channel.PreviewJSON(json.RawMessage(body))
}

var headerName = lazyregexp.New("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func check(v channel.Values, r channel.Reporter) {
	channel.RemarkHTTP(v, "url", r)
	checkBody(v, r)
	secrets, _ := v["headers_env"].(map[string]secret.Text)
	taken := map[string]bool{}
	for _, key := range []string{"headers", "headers_env"} {
		names := slices.Sorted(maps.Keys(v.Table("headers")))
		if key == "headers_env" {
			names = slices.Sorted(maps.Keys(secrets))
		}
		for _, name := range names {
			at, folded := key+"."+name, strings.ToLower(name)
			switch {
			case !headerName.MatchString(name):
				r.Mistake(at, fmt.Sprintf("%q is not the name of a header", name), `write for example "X-Team"`)
			case taken[folded]:
				r.Mistake(at, fmt.Sprintf("header %s is set twice", name), "keep one of the two")
			case setByProgram(folded):
				r.Mistake(at, fmt.Sprintf("header %s is set by the program", name), "leave it out")
			case key == "headers_env":
			case !printable(v.Table("headers")[name]):
				r.Mistake(at, "its value is not text for a header", "write it in ASCII letters, on one line")
			case holdsSecret(folded):
				r.Mistake(at, fmt.Sprintf("the value of %s is a secret and does not belong in a file", name),
					"name the environment variable that holds it, in headers_env")
			}
			taken[folded] = true
		}
	}
}

func setByProgram(header string) bool {
	return header == "content-type" || header == "content-length" || header == "host" ||
		strings.HasPrefix(header, "x-vendorwatch-") || strings.HasPrefix(header, "webhook-")
}

func holdsSecret(header string) bool {
	return header == "authorization" || header == "proxy-authorization" || header == "cookie" ||
		strings.Contains(header, "token") || strings.Contains(header, "api-key")
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
