package page

import (
	"errors"
	"fmt"
	"reflect"
)

// Unexpected returns the error for a page that is not the expected one. It wraps ErrShape, and its text ends with
// "where <want> is expected". What the page is instead is found out when the error is printed, since that is
// expensive.
func Unexpected(p Page, want string) error { return unexpectedError{p, want} }

// Require returns Unexpected's error if one of the values is missing: a nil pointer, slice or map, an empty string,
// or the zero value of any other type. A list that exists and is empty is not missing.
func Require(p Page, want string, values ...any) error {
	for _, v := range values {
		if v == nil || reflect.ValueOf(v).IsZero() {
			return Unexpected(p, want)
		}
	}
	return nil
}

// IsUnexpected reports whether an error is Unexpected's: the page is another one, rather than a bad one of its kind.
func IsUnexpected(err error) bool {
	var unexpected unexpectedError
	return errors.As(err, &unexpected)
}

type unexpectedError struct {
	page Page
	want string
}

// Error says what the page is, and what was expected.
func (e unexpectedError) Error() string {
	return fmt.Sprintf("%v: %s, where %s is expected", ErrShape, Describe(e.page), e.want)
}

// Unwrap returns ErrShape.
func (e unexpectedError) Unwrap() error { return ErrShape }
