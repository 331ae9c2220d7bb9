package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/message/examples"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
)

// form is a receiver's own form of a body: a template over the JSON of messages.
type form struct{ t *template.Template }

// functions are what a template has beside those of text/template.
var functions = template.FuncMap{
	"json":     asJSON,
	"truncate": func(limit int, text string) string { return words.Short(text, limit) },
	"first":    first,
	"unix":     unix,
}

// parseForm reads a template. The error says the line.
func parseForm(text string) (*form, error) {
	t, err := template.New("body").Option("missingkey=error").Funcs(functions).Parse(text)
	if err != nil {
		return nil, plainError(err)
	}
	return &form{t}, nil
}

// of returns the body of a message, in the form of docs/webhook.md where f is nil.
func (f *form) of(m message.Message) ([]byte, error) {
	if f == nil {
		return json.Marshal(message.NewEnvelope(m))
	}
	return f.body(m)
}

// body renders a message. It is nil where the template gives nothing, so that nothing is posted. The error says the
// line of the template.
func (f *form) body(m message.Message) ([]byte, error) {
	var out bytes.Buffer
	if err := f.t.Execute(&out, data(reflect.ValueOf(message.NewEnvelope(m)))); err != nil {
		return nil, plainError(err)
	}
	body := bytes.TrimSpace(out.Bytes())
	if len(body) == 0 {
		return nil, nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, notJSON(body, err)
	}
	return body, nil
}

// notJSON says where a body ceases to be JSON.
func notJSON(body []byte, err error) error {
	at := len(body)
	if e := new(json.SyntaxError); errors.As(err, &e) {
		at = min(int(e.Offset), len(body))
	}
	lines := strings.Split(string(body[:at]), "\n")
	return fmt.Errorf("what it gives is no JSON: line %d of it: %s: %s", len(lines), words.Short(err.Error(), 120),
		words.Short(lines[len(lines)-1], 80))
}

// where begins the errors of text/template: "template: body:3:12: ".
var where = lazyregexp.New(`^template: body:(\d+)(:\d+)?: `)

// plainError says the line of a mistake in a template in words.
func plainError(err error) error {
	text := err.Error()
	if at := where.FindStringSubmatch(text); at != nil {
		text = "line " + at[1] + ": " + strings.TrimPrefix(text, at[0])
	}
	return errors.New(strings.ReplaceAll(text, "map has no entry for key", "there is no field"))
}

// data is a message as a template sees it: by the names of its JSON, with the fields that the JSON leaves out, so that
// a misspelt name is told from an empty value.
func data(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return data(v.Elem())
	case reflect.Struct:
		out := map[string]any{}
		fields(v, out)
		return out
	case reflect.Slice:
		out := make([]any, v.Len())
		for n := range out {
			out[n] = data(v.Index(n))
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for key, value := range v.Seq2() {
			out[fmt.Sprint(key)] = data(value)
		}
		return out
	case reflect.String:
		return v.String()
	}
	return v.Interface()
}

func fields(v reflect.Value, out map[string]any) {
	for n := range v.NumField() {
		f := v.Type().Field(n)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			fields(v.Field(n), out)
		case name == "-" || !f.IsExported():
		case name == "":
			out[f.Name] = data(v.Field(n))
		default:
			out[name] = data(v.Field(n))
		}
	}
}

// asJSON is a value as JSON: a text in quotes, with what JSON wants escaped.
func asJSON(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// first is the first of a list; nil if it is empty.
func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// unix is a time in Unix seconds; 0 if it is empty.
func unix(at string) (int64, error) {
	if at == "" {
		return 0, nil
	}
	t := words.Time(at)
	if t.IsZero() {
		return 0, fmt.Errorf("%q is no time", at)
	}
	return t.Unix(), nil
}

// bodyKeys are the keys of [channel.body].
const bodyKeys = "template"

// checkBody tries the template on an example of each kind of message.
func checkBody(v channel.Values, r channel.Reporter) {
	table := v.Table("body")
	for key := range table {
		if key != bodyKeys {
			r.Mistake("body."+key, fmt.Sprintf("[channel.body] has no %s", key),
				"write template = '''…''', and nothing else")
		}
	}
	text, has := table[bodyKeys]
	if !has {
		return
	}
	f, err := parseForm(text)
	if err != nil {
		r.Mistake("body.template", err.Error(), "correct that line; docs/webhook.md describes the fields and functions")
		return
	}
	posts := false
	for _, m := range examples.All(time.Now(), "example") {
		body, err := f.body(m)
		if err != nil {
			r.Mistake("body.template", fmt.Sprintf("%s, for a message of reason %s", err, m.Reason),
				"correct it; docs/webhook.md describes the fields, and which messages have which")
			return
		}
		posts = posts || body != nil
	}
	if !posts {
		r.Mistake("body.template", "it gives nothing for any message", "let it give a body for some")
	}
}
