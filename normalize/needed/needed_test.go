package needed

import (
	"slices"
	"testing"

	"vendorwatch/normalize"
)

// What docs/services.md says of how a need names components.
func TestComponents(t *testing.T) {
	payments := []normalize.Component{
		{Key: "k1", Name: "API"},
		{Key: "k2", Name: "API Dashboard"},
		{Key: "k3", Name: "Card payments", Group: "Europe"},
		{Key: "k4", Name: "Card payments", Group: "United States"},
		{Key: "k5", Name: "Payouts", Group: "Europe"},
		{Key: "@/Réseau", Name: "Réseau de paiement"},
	}
	cloud := []normalize.Component{
		{Key: "ec2-eu-west-1", Name: "Amazon Elastic Compute Cloud", Group: "eu-west-1"},
		{Key: "ec2-eu-west-12", Name: "Amazon Elastic Compute Cloud", Group: "eu-west-12"},
		{Key: "ec2-us-east-1", Name: "Amazon Elastic Compute Cloud", Group: "us-east-1"},
		{Key: "s3-eu-west-1", Name: "Amazon Simple Storage Service", Group: "eu-west-1"},
		{Key: "@eu-west-1/lambda", Name: "AWS Lambda (Ireland)"},
	}
	for _, c := range []struct {
		about string
		words string
		all   []normalize.Component
		want  []int
	}{
		{"the exact name, and none that begins with it", "API", payments, []int{0}},
		{"case and blanks", "  card  PAYMENTS ", payments, []int{2, 3}},
		{"group and name", "Europe Card payments", payments, []int{2}},
		{"group and name as they are shown", "Europe › Card payments", payments, []int{2}},
		{"all words, in any order", "payments europe", payments, []int{2}},
		{"a group alone", "Europe", payments, []int{2, 4}},
		{"one word of the name", "payments", payments, []int{2, 3}},
		{"accents are kept apart", "reseau", payments, nil},
		{"a letter with an accent", "RÉSEAU", payments, []int{5}},
		{"the beginning of a word is none", "pay", payments, nil},
		{"one word that does not stand there", "Europe API", payments, nil},
		{"nothing", "", payments, nil},
		{"signs alone", "› -", payments, nil},
		{"the vendor's id has words too", "eu-west-1 EC2", cloud, []int{0}},
		{"a word ends where it does", "eu-west-1", cloud, []int{0, 3}},
		{"a key that was made of the name is no id", "eu-west-1 lambda", cloud, nil},
		{"brackets around a word", "lambda (ireland)", cloud, []int{4}},
		{"no component at all", "API", nil, nil},
	} {
		if got := Components(c.words, c.all); !slices.Equal(got, c.want) {
			t.Errorf("%s: Components(%q) = %v, want %v", c.about, c.words, got, c.want)
		}
	}
}
