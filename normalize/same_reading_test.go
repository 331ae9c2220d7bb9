package normalize

import (
	"reflect"
	"testing"
)

// Whatever differs between two readings, they are not the same; but for the date that was near a time, which moves on
// where a year is not printed. What a new field of Raw says must not be overlooked.
func TestAReadingThatDiffersInAnythingIsAnother(t *testing.T) {
	whole := func() Raw {
		var r Raw
		fill(reflect.ValueOf(&r).Elem())
		return r
	}
	if !SameReading([]Raw{whole()}, []Raw{whole()}) {
		t.Fatal("a reading is not the same as itself")
	}
	if SameReading([]Raw{whole()}, []Raw{whole(), whole()}) {
		t.Error("one incident more makes no difference")
	}
	looked := 0
	for _, path := range leaves(reflect.TypeFor[Raw](), nil) {
		a, b := whole(), whole()
		field := at(reflect.ValueOf(&b).Elem(), path)
		name := nameOf(reflect.TypeFor[Raw](), path)
		switch field.Kind() {
		case reflect.String:
			field.SetString("other")
		case reflect.Bool:
			field.SetBool(!field.Bool())
		default:
			t.Fatalf("%s: a field of a kind that this test does not know: %s", name, field.Kind())
		}
		near := path[len(path)-1] == fieldNamed(t, reflect.TypeFor[RawTime](), "Near") && len(path) > 1 &&
			typeAt(reflect.TypeFor[Raw](), path[:len(path)-1]) == reflect.TypeFor[RawTime]()
		if got := SameReading([]Raw{a}, []Raw{b}); got != near {
			t.Errorf("%s differs: the same reading is %v", name, got)
		}
		looked++
	}
	if looked < 40 {
		t.Errorf("only %d fields", looked)
	}
}

// fill gives every field a value, and every list one entry.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for n := range v.NumField() {
			fill(v.Field(n))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	}
}

// leaves returns the paths to the fields that hold no others. In a list, the path goes through its only entry.
func leaves(t reflect.Type, path []int) [][]int {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return [][]int{path}
	}
	var out [][]int
	for n := range t.NumField() {
		out = append(out, leaves(t.Field(n).Type, append(path[:len(path):len(path)], n))...)
	}
	return out
}

func at(v reflect.Value, path []int) reflect.Value {
	for _, n := range path {
		if v.Kind() == reflect.Slice {
			v = v.Index(0)
		}
		v = v.Field(n)
	}
	return v
}

func typeAt(t reflect.Type, path []int) reflect.Type {
	for _, n := range path {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		t = t.Field(n).Type
	}
	return t
}

func nameOf(t reflect.Type, path []int) string {
	name := "Raw"
	for _, n := range path {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		name += "." + t.Field(n).Name
		t = t.Field(n).Type
	}
	return name
}

func fieldNamed(t *testing.T, of reflect.Type, name string) int {
	t.Helper()
	f, ok := of.FieldByName(name)
	if !ok {
		t.Fatalf("%s has no field %s", of, name)
	}
	return f.Index[0]
}
