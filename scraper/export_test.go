package scraper

// For tests in package scraper_test, which use the platforms.

// MostProbes is mostProbes.
const MostProbes = mostProbes

// OfOneCompany is ofOneCompany.
var OfOneCompany = ofOneCompany

// FoldName is foldName.
var FoldName = foldName

// Candidates returns the addresses at which Find would look for a status page.
func (r Registry) Candidates(base string) []string {
	var out []string
	for _, c := range r.candidates(base) {
		out = append(out, c.address)
	}
	return out
}

// FoldedNames returns the folded name and aliases.
func (e Entry) FoldedNames() []string { return e.names() }
