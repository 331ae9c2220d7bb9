package config

import (
	"fmt"
	"strings"
	"testing"
)

// manyVendors is a config file with n vendors of four kinds: with and without a platform, with a second page, and
// with a filter and a login.
func manyVendors(n int) string {
	var b strings.Builder
	b.WriteString("fetch.contact = \"ops@acme.test\"\n")
	for i := range n {
		fmt.Fprintf(&b, "\n[[vendor]]\nname = \"Vendor %d\"\nurl = \"https://status.vendor-%d.test\"\ntags = [\"a\", "+
			"\"b\"]\n", i, i)
		switch i % 4 {
		case 1:
			b.WriteString("platform = \"feed\"\nschedule = \"@every 60s\"\ntimeout = \"30s\"\n")
		case 2:
			fmt.Fprintf(&b, "[[vendor.source]]\nurl = \"https://feed.vendor-%d.test\"\nplatform = \"feed\"\n", i)
		case 3:
			b.WriteString("[vendor.filter]\nregions = [\"eu-*\"]\n[vendor.auth]\nheader = [{ name = \"X-Token\", env " +
				"= \"TEAM_TOKEN\" }]\n")
		}
	}
	return b.String()
}

// BenchmarkParse reads files of growing length. The time is to grow with the number of vendors, and no faster.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("vendors=%d", n), func(b *testing.B) {
			data := []byte(manyVendors(n))
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				c, err := Parse("config.toml", data, testKinds, environment)
				if err != nil {
					b.Fatal(err)
				}
				if len(c.Vendors) != n {
					b.Fatalf("%d vendors", len(c.Vendors))
				}
			}
		})
	}
}

// BenchmarkParseMistakes reads a file in which every vendor is wrong.
func BenchmarkParseMistakes(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("vendors=%d", n), func(b *testing.B) {
			data := []byte(strings.ReplaceAll(manyVendors(n), "tags = [", "tags = 5 #"))
			for b.Loop() {
				if _, err := Parse("config.toml", data, testKinds, environment); err == nil {
					b.Fatal("no mistake was found")
				}
			}
		})
	}
}
