package digest_test

import (
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// The files under testdata show what people get; after -update, read the diff.
func TestGolden(t *testing.T) {
	for name, d := range map[string]message.Digest{"rich": reporttest.RichDigest(t), "quiet": reporttest.QuietDigest(t),
		"blind": reporttest.BlindDigest(t), "review": reporttest.ReviewDigest(t)} {
		t.Run(name, func(t *testing.T) {
			reporttest.Golden(t, name+".txt", []byte(message.DigestText(d, 100)))
			reporttest.Golden(t, name+".json", reporttest.Indented(t, d))
			if name == "rich" || name == "review" {
				reporttest.Golden(t, name+".md", []byte(message.DigestMarkdown(d)))
			}
		})
	}
}
