package blockkit

import (
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
)

// The files under testdata show what people get; after -update, read the diff.
func TestSlackGolden(t *testing.T) {
	for name, d := range map[string]message.Digest{"rich": reporttest.RichDigest(t), "quiet": reporttest.QuietDigest(t),
		"blind": reporttest.BlindDigest(t), "review": reporttest.ReviewDigest(t)} {
		t.Run(name, func(t *testing.T) { reporttest.Golden(t, name+".slack.json", reporttest.Indented(t, Digest(d))) })
	}
}
