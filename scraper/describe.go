package scraper

// Describer is a Platform that can say what it reads, for people who choose one.
type Describer interface{ Describe() Description }

// Description is what a platform's row of docs/platforms.md says.
type Description struct {
	Name      string   // the product's name: "Atlassian Statuspage"
	Documents []string // what is read, each in a few words: "summary.json"
	History   string   // how far back a backfill reads
	Fields    []string // what an incident may have, of the words of Fields
	Source    Evidence // what the format is known from
	Address   string   // the address to write in config.toml where it is not simply the page's; empty otherwise
}

// Evidence says what a format is known from.
type Evidence string

// The kinds of evidence.
const (
	FromBytes     Evidence = "bytes"               // pages that real vendors served
	FromDocuments Evidence = "documents"           // the platform's documentation, or other readers of it
	FromBoth      Evidence = "bytes and documents" // some documents the one way, some the other
)

// Fields returns the names a Description may use, in the order of the table: those of the columns in SQL,
// "components" for the page's own list of components with their statuses, and "affected" for those that an
// incident names.
func Fields() []string {
	return []string{
		"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
		"updates", "postmortem", "affected", "components",
	}
}
