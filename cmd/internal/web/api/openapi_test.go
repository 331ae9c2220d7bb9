package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/api"
	"vendorwatch/cmd/internal/web/site"
	. "vendorwatch/cmd/internal/web/webtest"
)

// document is the OpenAPI document.
func document(t *testing.T) []byte {
	t.Helper()
	text, err := api.New(&site.Site{}).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// closed forbids objects to have fields other than those that are described.
func closed(value any) {
	switch v := value.(type) {
	case map[string]any:
		if _, described := v["properties"].(map[string]any); described && v["type"] == "object" {
			if _, open := v["additionalProperties"]; !open {
				v["additionalProperties"] = false
			}
		}
		for _, each := range v {
			closed(each)
		}
	case []any:
		for _, each := range v {
			closed(each)
		}
	}
}

// contract compares requests and answers with the document, with its schemas closed.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
}

func newContract(t *testing.T) contract {
	t.Helper()
	c := contract{compiler: jsonschema.NewCompiler()}
	if err := json.Unmarshal(document(t), &c.doc); err != nil {
		t.Fatal(err)
	}
	closed(c.doc["components"].(map[string]any)["schemas"])
	if err := c.compiler.AddResource("openapi.json", any(c.doc)); err != nil {
		t.Fatal(err)
	}
	return c
}

// at follows names into the document, and references from there.
func (c contract) at(names ...string) (value any, pointer string) {
	value = c.doc
	for _, name := range names {
		value = value.(map[string]any)[name]
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	if object, ok := value.(map[string]any); ok {
		if ref, ok := object["$ref"].(string); ok {
			return c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return value, pointer
}

// schema compiles the schema at a place of the document.
func (c contract) schema(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	schema, err := c.compiler.Compile("openapi.json#" + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// path is the path in the document that an address matches.
func (c contract) path(address string) string {
	address, _, _ = strings.Cut(address, "?")
	paths, _ := c.at("paths")
	if _, ok := paths.(map[string]any)[address]; ok {
		return address
	}
	for path := range paths.(map[string]any) {
		if pattern := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, "[^/]+"); regexp.MustCompile("^" +
			pattern + "$").MatchString(address) {
			return path
		}
	}
	return ""
}

// The document is valid OpenAPI 3.1 by the schema of its specification, and every schema in it is valid JSON
// Schema 2020-12, as OpenAPI 3.1 requires. testdata/openapi-3.1.schema.json is
// https://spec.openapis.org/oas/3.1/schema/2022-10-07, published by the OpenAPI Initiative under the Apache
// License 2.0.
func TestOpenAPIIsValid(t *testing.T) {
	file, err := os.Open("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	specification, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newContract(t)
	if err := c.compiler.AddResource("specification.json", specification); err != nil {
		t.Fatal(err)
	}
	is, err := c.compiler.Compile("specification.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	if err := is.Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
	for _, section := range []string{"schemas", "parameters"} {
		all, _ := c.at("components", section)
		for name := range all.(map[string]any) {
			_, pointer := c.at("components", section, name)
			if section == "parameters" {
				pointer += "/schema"
			}
			c.schema(t, pointer)
		}
	}
}

// Every field of every answer is described, and every description has a field.
func TestOpenAPIDescribesEveryField(t *testing.T) {
	if err := api.New(&site.Site{}).Spec().Check(); err != nil {
		t.Error(err)
	}
}

// The document has every path, and no other.
func TestOpenAPIHasEveryPath(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct {
			Summary, Description string
			Parameters           []struct {
				Ref string `json:"$ref"`
			}
		}
	}
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	served := api.New(&site.Site{})
	paths := served.Answers()
	for path, answer := range served.Writes() {
		paths[path] = answer
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(paths)), slices.Sorted(maps.Keys(doc.Paths))); diff != "" {
		t.Errorf("paths (-served +described)\n%s", diff)
	}
	for path, methods := range doc.Paths {
		var want []string
		if served.Answers()[path] != nil {
			want = append(want, "get")
		}
		if served.Writes()[path] != nil {
			want = append(want, "post")
		}
		got := slices.Sorted(maps.Keys(methods))
		if !cmp.Equal(got, want) {
			t.Errorf("%s: methods %q, want %q", path, got, want)
		}
		for _, method := range got {
			if methods[method].Summary == "" || methods[method].Description == "" {
				t.Errorf("%s %s: a text is missing", method, path)
			}
		}
	}
}

var reference = regexp.MustCompile(`"\$ref":\s*"#/components/(\w+)/([^"]+)"`)

// Everything that is described is used, and everything that is referred to is described.
func TestOpenAPIReferences(t *testing.T) {
	var doc struct {
		Components map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range reference.FindAllStringSubmatch(string(document(t)), -1) {
		used[m[1]+"/"+m[2]] = true
		if doc.Components[m[1]][m[2]] == nil {
			t.Errorf("%s is referred to, and is not there", m[0])
		}
	}
	for section, all := range doc.Components {
		for name := range all {
			// An event of a stream is described in words; security schemes are referred to by their names.
			if section != "securitySchemes" && !used[section+"/"+name] {
				t.Errorf("%s/%s is used nowhere", section, name)
			}
		}
	}
}

// matching requests a path, checks the request and its answer against the document, and returns the answer.
func matching(t *testing.T, r *Record, c contract, address string, want int, change ...func(*http.Request)) Answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range change {
		each(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := Answer{Status: res.StatusCode, Header: res.Header, Text: string(body)}
	if a.Status != want {
		t.Errorf("%s: status %d, want %d\n%s", address, a.Status, want, body)
	}
	path := c.path(address)
	if path == "" {
		t.Fatalf("%s is not described", address)
	}
	if want < 400 {
		c.allows(t, path, req)
	}
	responses, _ := c.at("paths", path, "get", "responses")
	status := fmt.Sprint(want)
	if _, described := responses.(map[string]any)[status]; !described {
		t.Fatalf("%s: status %s is not described", address, status)
	}
	response, pointer := c.at("paths", path, "get", "responses", status)
	content, _ := response.(map[string]any)["content"].(map[string]any)
	if content == nil {
		if len(body) > 0 {
			t.Errorf("%s: status %s has a body, which is not described", address, status)
		}
		return a
	}
	media := a.Header.Get("Content-Type")
	if _, described := content[media]; !described {
		t.Fatalf("%s: an answer of the type %q is not described", address, media)
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	if err := c.schema(t, pointer+"/content/"+strings.ReplaceAll(media, "/", "~1")+"/schema").Validate(
		value); err != nil {
		t.Errorf("%s: %v", address, err)
	}
	return a
}

// allows checks that the document describes each parameter of a request that was answered.
func (c contract) allows(t *testing.T, path string, req *http.Request) {
	t.Helper()
	list, _ := c.at("paths", path, "get", "parameters")
	known := map[string]string{}
	for _, each := range list.([]any) {
		name := strings.TrimPrefix(each.(map[string]any)["$ref"].(string), "#/components/parameters/")
		parameter, pointer := c.at("components", "parameters", name)
		known[parameter.(map[string]any)["name"].(string)] = pointer + "/schema"
	}
	for name, values := range req.URL.Query() {
		pointer, described := known[name]
		if !described {
			t.Errorf("%s: the parameter %s is not described", req.URL, name)
			continue
		}
		var value any = values[0]
		if n, err := jsonschema.UnmarshalJSON(strings.NewReader(values[0])); err == nil {
			if _, number := n.(json.Number); number {
				value = n
			}
		}
		if err := c.schema(t, pointer).Validate(value); err != nil {
			t.Errorf("%s: %s: %v", req.URL, name, err)
		}
	}
}

// everyAPIPath is every path, with parameters, for a record.
func everyAPIPath(t *testing.T, r *Record) []string {
	t.Helper()
	paths := []string{"/api/v1/vendors", "/api/v1/sources", "/api/v1/sources?vendor=acme&limit=1",
		"/api/v1/components", "/api/v1/components?vendor=odds&status=unknown",
		"/api/v1/incidents", "/api/v1/incidents?limit=2", "/api/v1/incidents?q=slow",
		"/api/v1/incidents?vendor=acme&severity=minor&kind=incident&state=open&component=api&since=2026-11-01" +
			"&until=2027-01-01T00:00:00Z&updated_since=2026-11-20",
		"/api/v1/updates", "/api/v1/updates?vendor=acme&after=1&limit=2",
		"/api/v1/events", "/api/v1/events?after=3&limit=2",
		"/api/v1/services", "/api/v1/services/checkout", "/api/v1/incidents?service=checkout",
		"/api/v1/stories?since=2026-11-01",
		"/api/v1/ok", "/api/v1/ok?service=checkout&for=2h", "/api/v1/ok?tag=core&for=90m",
		"/api/v1/health", "/api/v1/openapi.json"}
	for _, slug := range []string{"acme", "odds", "quiet", "blind", "moody", "fresh", "dropped"} {
		paths = append(paths, "/api/v1/vendors/"+slug, "/api/v1/vendors/"+slug+"/stats")
	}
	for _, id := range Names(Decoded(t, r.Get("/api/v1/incidents")), "incidents", "incident_id") {
		paths = append(paths, "/api/v1/incidents/"+id, "/api/v1/incidents/"+id+"/updates")
	}
	// The other page's record of the same event is not in the listing.
	copied := r.IDOf("API answers are slow")
	return append(paths, fmt.Sprintf("/api/v1/incidents/%d", copied), fmt.Sprintf("/api/v1/incidents/%d", copied+1))
}

// Every answer matches the document, and has no field that it does not describe.
func TestAnswersMatchOpenAPI(t *testing.T) {
	r := Rich(t, web.Options{})
	v := newContract(t)
	for _, path := range everyAPIPath(t, r) {
		matching(t, r, v, path, 200)
	}
	for path, want := range map[string]int{
		"/api/v1/services/nobody": 404, "/api/v1/services?x=1": 400, "/api/v1/incidents?service=nobody": 400,
		"/api/v1/ok?service=nobody": 400, "/api/v1/ok?tag=nobody": 400, "/api/v1/ok?for=soon": 400,
		"/api/v1/services?limit=1": 400, "/api/v1/vendors/nobody": 404, "/api/v1/incidents/999999": 404,
		"/api/v1/incidents/x": 404, "/api/v1/incidents/999999/updates": 404,
		"/api/v1/incidents?severity=bad": 400, "/api/v1/incidents?vendor=nobody": 400, "/api/v1/events?after=-1": 400,
	} {
		matching(t, r, v, path, want)
	}
	tag := r.Get("/api/v1/vendors").Header.Get("ETag")
	matching(t, r, v, "/api/v1/vendors", 304, func(req *http.Request) { req.Header.Set("If-None-Match", tag) })
	locked := Story(t, web.Options{Auth: web.Auth{}.Bearer("sesame")})
	matching(t, locked, v, "/api/v1/vendors", 401)
}

// Each field of each schema is in some answer, so that none is described that is never sent.
func TestOpenAPIDescribesNothingThatIsNeverSent(t *testing.T) {
	r := Rich(t, web.Options{})
	sent := map[string]bool{}
	for _, path := range everyAPIPath(t, r) {
		if path == "/api/v1/openapi.json" {
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(r.Get(path).Text), &value); err != nil {
			t.Fatal(err)
		}
		KeysOf(value, "", sent)
	}
	last := map[string]bool{}
	for key := range sent {
		last[key[strings.LastIndexByte(key, '.')+1:]] = true
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	// What this record lacks: channels, a page that moved, times printed in odd ways, long searches, components of a
	// page that is not read, planned work that is near, and a probe that fails.
	rare := map[string]bool{"ActionRequest": true, "EndRequest": true, "Channel": true, "Problem": true,
		"Raw": true, "RawTime": true,
		"SignalPost": true, "Signal": true, "Alert": true, "Signalled": true, "Pushed": true}
	for name, schema := range doc.Components.Schemas {
		for field := range schema.Properties {
			if !rare[name] && !last[field] && field != "cut" && field != "last_status" && field != "planned" &&
				field != "failing_since_at" && field != "own_outage_since_at" {
				t.Errorf("%s.%s is in no answer", name, field)
			}
		}
	}
}
