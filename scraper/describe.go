package scraper

// Describer is a Platform that describes what it reads, for the documentation.
type Describer interface{ Describe() Description }

// Description is a platform's row in docs/platforms.md.
type Description struct {
	Name      string   // the product's name: "Atlassian Statuspage"
	Documents []string // what is read, each in a few words: "summary.json"
	History   string   // how far back a backfill reads
	Fields    []string // what an incident may have, by the names that Fields returns
	Source    Evidence // what the format is known from
	Address   string   // what to write in config.toml as the url; empty: the page's address
}

// Evidence says what a format is known from.
type Evidence string

// The kinds of evidence.
const (
	FromBytes     Evidence = "bytes"               // pages that vendors served
	FromDocuments Evidence = "documents"           // the platform's documentation, or other programs that read it
	FromBoth      Evidence = "bytes and documents" // some documents of each kind
)

// Fields returns the names that a Description may use, in the order of the table: those of the SQL columns,
// "affected" for the components that an incident names, and "components" for the page's own list of components with
// their statuses.
func Fields() []string {
	return []string{
		"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
		"updates", "postmortem", "affected", "components",
	}
}
