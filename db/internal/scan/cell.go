package scan

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"vendorwatch/normalize"
)

// cell is where a column's value goes. It is the sql.Scanner of one field of one row after the other.
type cell struct {
	index []int
	to    reflect.Value
}

var timeType = reflect.TypeFor[time.Time]()

// readable reports whether a field of this type can hold a column.
func readable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64, reflect.Map, reflect.Slice:
		return true
	case reflect.Pointer:
		return t.Elem().Kind() == reflect.Int64 || t.Elem().Kind() == reflect.Float64
	}
	return t == timeType
}

// Scan takes a value as the driver hands it over. The field is a new one, so that NULL leaves it at zero.
func (c *cell) Scan(src any) error {
	if src == nil {
		return nil
	}
	to := c.to
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	switch value := src.(type) {
	case string:
		return setText(to, value)
	case []byte:
		return setText(to, string(value))
	case int64:
		return setNumber(to, value)
	case float64:
		if to.Kind() == reflect.Float64 {
			to.SetFloat(value)
			return nil
		}
	}
	return fmt.Errorf("%T does not fit into %s", src, to.Type())
}

func setText(to reflect.Value, text string) error {
	switch {
	case to.Kind() == reflect.String:
		to.SetString(text)
		return nil
	case to.Kind() == reflect.Map || to.Kind() == reflect.Slice:
		return json.Unmarshal([]byte(text), to.Addr().Interface())
	case to.Type() != timeType:
		return fmt.Errorf("the text %q does not fit into %s", text, to.Type())
	case text == "":
		return nil
	}
	t, err := time.Parse(normalize.TimeLayout, text)
	if err != nil {
		return err
	}
	to.Set(reflect.ValueOf(t))
	return nil
}

func setNumber(to reflect.Value, number int64) error {
	switch to.Kind() {
	case reflect.Int, reflect.Int64:
		to.SetInt(number)
	case reflect.Bool:
		to.SetBool(number != 0)
	case reflect.Float64:
		to.SetFloat(float64(number))
	default:
		return fmt.Errorf("the number %d does not fit into %s", number, to.Type())
	}
	return nil
}

// value is what a field is written as. A time outside of the years that the fixed form can hold is unknown.
func value(field reflect.Value, null bool) any {
	if t, ok := field.Interface().(time.Time); ok {
		if year := t.UTC().Year(); t.IsZero() || year < 1 || year > 9999 {
			return nil
		}
		return normalize.FormatTime(t)
	}
	if null && field.IsZero() {
		return nil
	}
	switch field.Kind() {
	case reflect.String:
		return field.String()
	case reflect.Int, reflect.Int64:
		return field.Int()
	case reflect.Bool:
		if field.Bool() {
			return int64(1)
		}
		return int64(0)
	}
	return field.Interface()
}
