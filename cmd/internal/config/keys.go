package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"vendorwatch/cmd/internal/config/tomlcheck"
)

// Keys returns the keys and tables that a config file may have, by path without numbers, without those of channels,
// which their kinds have.
func Keys() map[string]tomlcheck.Key { return tomlcheck.Keys(reflect.TypeFor[Config]()) }

// Defaults returns what keys have that are left out, as it is written in a file, by path; only those of tables that
// every file has, and only where it is not empty.
func Defaults() map[string]string {
	found := map[string]string{}
	var walk func(table string, v reflect.Value)
	walk = func(table string, v reflect.Value) {
		for i := range v.NumField() {
			key, value := v.Type().Field(i).Tag.Get("toml"), v.Field(i)
			path := strings.TrimPrefix(table+"."+key, ".")
			_, isText := value.Interface().(encoding.TextMarshaler)
			switch {
			case key == "-" || value.IsZero() && value.Kind() != reflect.Bool:
			case value.Kind() == reflect.Struct && !isText:
				walk(path, value)
			default:
				found[path] = written(value.Interface())
			}
		}
	}
	walk("", reflect.ValueOf(*defaults()))
	return found
}

// written is a value as it stands in a file.
func written(value any) string {
	switch v := value.(type) {
	case Duration:
		return fmt.Sprintf("%q", short(v.Duration))
	case Durations:
		var all []string
		for _, d := range v {
			all = append(all, written(d))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case Size:
		return fmt.Sprintf("%q", v.String())
	case bool, int:
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%q", value)
}
