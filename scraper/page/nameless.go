package page

import (
	"fmt"

	"vendorwatch/normalize"
)

// Nameless says that the n-th of a page's entries is left out because it has no name or no id, or is none: a list of
// components without it is not whole. field is that of the finding, such as "components".
func Nameless(field string, n, of int) normalize.Finding {
	return normalize.Finding{Field: field, Lost: true,
		Problem: fmt.Sprintf("entry %d of %d has no name or no id and is left out", n, of)}
}

// LeftOut says that the n-th of a page's entries cannot be read, and why. text is what the entry says.
func LeftOut(field, text, why string, n, of int) normalize.Finding {
	return normalize.Finding{Field: field, Value: Clip(OneLine(text), 300), Lost: true,
		Problem: fmt.Sprintf("entry %d of %d cannot be read and is left out: %s", n, of, why)}
}
