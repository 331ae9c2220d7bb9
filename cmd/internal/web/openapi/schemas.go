package openapi

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// answer is the response of an operation that was asked as it should be.
func (s Spec) answer(o Operation) (Response, error) {
	schema := &jsonschema.Schema{Type: "object"}
	if o.Answer != nil {
		name := s.nameOf(o.Answer)
		if name == "" {
			return Response{}, fmt.Errorf("%s: %s has no name in the document", o.Path, o.Answer)
		}
		schema = Ref(name)
	}
	r := Response{
		Description: "As asked for.",
		Headers: map[string]Header{"ETag": {
			Description: "Changes with the answer.", Schema: &jsonschema.Schema{Type: "string"}}},
		Content: map[string]Media{"application/json": {Schema: schema}},
	}
	if o.Stream != "" {
		r.Content["text/event-stream"] = Media{&jsonschema.Schema{Type: "string",
			Description: "Server-sent events. The data of each is an Event in JSON, on one line.",
			Examples:    []any{o.Stream}}}
	}
	return r, nil
}

func (s Spec) nameOf(t reflect.Type) string {
	for _, each := range s.Structs {
		if each.Type == t {
			return each.Name
		}
	}
	return ""
}

// schemas are all named schemas, and what the tables lack.
func (s Spec) schemas() (out map[string]*jsonschema.Schema, lacking []error, err error) {
	out = maps.Clone(s.Values)
	used := map[string]bool{}
	for _, each := range s.Structs {
		schema, err := s.schema(each)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", each.Name, err)
		}
		out[each.Name] = schema
		for name, p := range schema.Properties {
			lacking = append(lacking, s.describe(p, each.Name, name, used))
		}
	}
	for name := range s.Fields {
		if !used[name] {
			lacking = append(lacking, fmt.Errorf("%s is described, and no struct has it", name))
		}
	}
	return out, lacking, nil
}

// describe adds the description of a field. The error says what the tables lack for it.
func (s Spec) describe(p *jsonschema.Schema, of, name string, used map[string]bool) error {
	for _, key := range []string{of + "." + name, name} {
		if text := s.Fields[key]; text != "" {
			p.Description, used[key] = text, true
			break
		}
	}
	if p.Ref == "" && p.Description == "" {
		return fmt.Errorf("%s.%s is not described", of, name)
	}
	for _, inner := range []*jsonschema.Schema{p, p.Items} {
		if inner != nil && len(inner.Properties) > 0 {
			return fmt.Errorf("the struct of %s.%s has no name in the document", of, name)
		}
	}
	return nil
}

// schema makes the schema of a struct. The structs and values in it are referred to by their names.
func (s Spec) schema(of Struct) (*jsonschema.Schema, error) {
	known := map[reflect.Type]*jsonschema.Schema{}
	for t, name := range s.Types {
		known[t] = Ref(name)
	}
	for _, each := range s.Structs {
		known[each.Type] = Ref(each.Name)
	}
	delete(known, of.Type)
	for t := range embedded(of.Type) {
		delete(known, t) // its fields are those of this struct
	}
	schema, err := jsonschema.ForType(of.Type, &jsonschema.ForOptions{TypeSchemas: known})
	if err != nil {
		return nil, err
	}
	schema.Description = of.Description
	schema.AdditionalProperties = nil // more may be added at any time
	types := fields(of.Type)
	for name, p := range schema.Properties {
		if value := s.ValueOf(of.Name, name); value != "" {
			schema.Properties[name] = Ref(value)
			continue
		}
		tidy(p, types[name])
	}
	return schema, nil
}

// field is what the schema of a field depends on.
type field struct {
	kind     reflect.Kind
	optional bool // it is left out if it is empty
}

// fields are the fields of a struct and of those that it embeds, by their names in JSON.
func fields(t reflect.Type) map[string]field {
	out := map[string]field{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			continue
		}
		out[cmp.Or(name, f.Name)] = field{f.Type.Kind(), strings.Contains(options, "omit")}
	}
	return out
}

// embedded are the structs whose fields are fields of a struct.
func embedded(t reflect.Type) map[reflect.Type]bool {
	out := map[reflect.Type]bool{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			out[f.Type] = true
		}
	}
	return out
}

// tidy makes the schema of a field say what is sent: lists are never null, nor is what is left out instead; and a
// count is not negative.
func tidy(p *jsonschema.Schema, f field) {
	if p.Ref != "" {
		p.Types = nil
		return
	}
	if f.optional || f.kind == reflect.Slice {
		p.Types = slices.DeleteFunc(p.Types, func(t string) bool { return t == "null" })
	}
	if len(p.Types) == 1 {
		p.Type, p.Types = p.Types[0], nil
	}
	if f.kind == reflect.Int {
		p.Minimum = jsonschema.Ptr(0.0)
	}
}
