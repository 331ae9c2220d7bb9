// Package openapi writes an OpenAPI 3.1 document of the Go types that an API answers with. The structure comes from
// the types; names, descriptions and the words of enums come from tables beside them. Check tells what the tables
// lack.
package openapi

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Spec is what a document is made of.
type Spec struct {
	Info       Info
	Operations []Operation
	Parameters map[string]Parameter              // by their names in the document
	Responses  map[string]Response               // answers that operations share, by their names in the document
	Structs    []Struct                          // every struct that an answer holds
	Values     map[string]*jsonschema.Schema     // schemas of what is not a struct, by their names in the document
	ValueOf    func(schema, field string) string // name of the Value that a field is one of; empty if it is none
	Types      map[reflect.Type]string           // Go types that are a Value wherever they stand
	Fields     map[string]string                 // descriptions, by FIELD for every struct or by STRUCT.FIELD for one
	Security   []Security
}

// Info says what the document is of.
type Info struct {
	Title       string `json:"title"`
	Version     string `json:"version"`
	Summary     string `json:"summary"`
	Description string `json:"description"`
}

// Operation is a path, which is read with GET unless it has another method.
type Operation struct {
	Method      string       // empty stands for GET; what another one changes takes security that may write
	Body        reflect.Type // what the JSON of its request is of; nil: it has none
	Path        string       // as in net/http's patterns: /vendors/{slug}
	ID          string
	Tag         string
	Summary     string
	Description string
	Parameters  []string          // names of Parameters
	Answer      reflect.Type      // what its JSON is of; nil stands for any object
	Stream      string            // an example of the server-sent events that it answers with too; empty: it does not
	Responses   map[string]string // names of Responses, by status
}

// Parameter is a parameter of operations.
type Parameter struct {
	Name        string             `json:"name"`
	In          string             `json:"in"` // path, query or header
	Required    bool               `json:"required,omitempty"`
	Description string             `json:"description"`
	Schema      *jsonschema.Schema `json:"schema"`
}

// Response is an answer other than the one that was asked for.
type Response struct {
	Description string            `json:"description"`
	Headers     map[string]Header `json:"headers,omitempty"`
	Content     map[string]Media  `json:"content,omitempty"`
}

// Header is a header of an answer.
type Header struct {
	Description string             `json:"description"`
	Schema      *jsonschema.Schema `json:"schema"`
}

// Media is a form of an answer.
type Media struct {
	Schema *jsonschema.Schema `json:"schema"`
}

// Struct gives a Go type a name in the document.
type Struct struct {
	Name        string
	Type        reflect.Type
	Description string
}

// Security is a way to say who asks.
type Security struct {
	Name        string `json:"-"`
	Type        string `json:"type"`
	Scheme      string `json:"scheme"`
	Description string `json:"description"`
	Write       bool   `json:"-"` // it is for what changes something, and for nothing else
}

// Ref refers to a schema of the document.
func Ref(name string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/components/schemas/" + name}
}

// document is the whole, in the order of OpenAPI.
type document struct {
	OpenAPI    string                    `json:"openapi"`
	Info       Info                      `json:"info"`
	Servers    []server                  `json:"servers"`
	Security   []map[string][]string     `json:"security"`
	Paths      map[string]map[string]use `json:"paths"`
	Components components                `json:"components"`
}

type server struct {
	URL string `json:"url"`
}

// use is a method of a path.
type use struct {
	OperationID string         `json:"operationId"`
	Tags        []string       `json:"tags,omitempty"`
	Summary     string         `json:"summary"`
	Description string         `json:"description"`
	Parameters  []ref          `json:"parameters,omitempty"`
	RequestBody *body          `json:"requestBody,omitempty"`
	Responses   map[string]any `json:"responses"` // a ref or a Response

	Security []map[string][]string `json:"security,omitempty"` // instead of that of the document
}

type body struct {
	Required bool             `json:"required"`
	Content  map[string]Media `json:"content"`
}

type ref struct {
	Ref string `json:"$ref"`
}

type components struct {
	Schemas    map[string]*jsonschema.Schema `json:"schemas"`
	Parameters map[string]Parameter          `json:"parameters"`
	Responses  map[string]Response           `json:"responses"`
	Security   map[string]Security           `json:"securitySchemes"`
}

// Check returns what the tables lack: the fields that they do not describe, descriptions of fields that there are not,
// and structs without a name. It is for tests; a document is written nevertheless.
func (s Spec) Check() error {
	_, lacking, err := s.schemas()
	return errors.Join(append(lacking, err)...)
}

// Document writes the document. Its server is at the address. The error is that of a type that JSON cannot hold.
func (s Spec) Document(address string) ([]byte, error) {
	schemas, _, err := s.schemas()
	if err != nil {
		return nil, err
	}
	d := document{
		OpenAPI: "3.1.0", Info: s.Info, Servers: []server{{address}}, Security: []map[string][]string{{}},
		Paths:      map[string]map[string]use{},
		Components: components{schemas, s.Parameters, s.Responses, map[string]Security{}},
	}
	for _, each := range s.Security {
		if !each.Write {
			d.Security = append(d.Security, map[string][]string{each.Name: {}})
		}
		d.Components.Security[each.Name] = each
	}
	for _, o := range s.Operations {
		answer, err := s.answer(o)
		if err != nil {
			return nil, err
		}
		g := use{OperationID: o.ID, Summary: o.Summary, Description: o.Description,
			Responses: map[string]any{"200": answer}}
		if o.Tag != "" {
			g.Tags = []string{o.Tag}
		}
		for _, name := range o.Parameters {
			g.Parameters = append(g.Parameters, ref{"#/components/parameters/" + name})
		}
		for status, name := range o.Responses {
			g.Responses[status] = ref{"#/components/responses/" + name}
		}
		if d.Paths[o.Path] == nil {
			d.Paths[o.Path] = map[string]use{}
		}
		if o.Method == "" {
			d.Paths[o.Path]["get"] = g
			continue
		}
		if o.Body != nil {
			g.RequestBody = &body{true, map[string]Media{"application/json": {Ref(s.nameOf(o.Body))}}}
		}
		for _, each := range s.Security {
			if each.Write {
				g.Security = append(g.Security, map[string][]string{each.Name: {}})
			}
		}
		d.Paths[o.Path][strings.ToLower(o.Method)] = g
	}
	return json.MarshalIndent(d, "", "  ")
}
