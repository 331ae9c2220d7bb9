package page

// Unexpected is the error for a page that is another than the one wanted. What the page is instead is found out when the
// error is printed, since that costs more than to see that it is not wanted.
func Unexpected(p Page, want string) error { return unexpectedError{p, want} }

type unexpectedError struct {
	page Page
	want string
}
