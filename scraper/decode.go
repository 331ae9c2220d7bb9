package scraper

import (
	"fmt"
	"net/http"
	"strings"
)

// leavePacked keeps colly from unpacking the body of an answer, which it would do without a limit on what comes out;
// page.Decoded does it later. It returns an error if the server encoded the body in a way that it was not asked for.
func leavePacked(resp *http.Response) error {
	if resp.Uncompressed { // by net/http, as a stream that colly's limit holds for
		return nil
	}
	for encoding := range strings.SplitSeq(resp.Header.Get("Content-Encoding"), ",") {
		switch encoding = strings.ToLower(strings.TrimSpace(encoding)); encoding {
		case "", "identity", "gzip", "x-gzip":
		default:
			return fmt.Errorf("the answer is encoded as %q, and only gzip was asked for", encoding)
		}
	}
	resp.Uncompressed = true
	return nil
}
