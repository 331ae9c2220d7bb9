package normalize

// calmIndicators are the page-level words that say that nothing is wrong, as Word writes them.
var calmIndicators = map[string]bool{
	"none": true, "operational": true, "up": true, "ok": true, "good": true, "available": true, "all_good": true,
	"all_systems_operational": true,
}

// IndicatorRaised reports whether a page's word for its own state, such as Statuspage's "minor", says that
// something is wrong. A word that is not known counts as one that does; no word says nothing.
func IndicatorRaised(word string) bool {
	word = Word(word)
	return word != "" && !calmIndicators[word]
}
