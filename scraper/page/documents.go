package page

// Kinds of document that several platforms have, for scraper.Result and normalize.Raw.
const (
	DocHome         = "home"          // the status page itself
	DocSummary      = "summary"       // what is open now, in one answer of an API
	DocStatus       = "status"        // the state of the whole page
	DocComponents   = "components"    // the list of components
	DocIncidents    = "incidents"     // a list of incidents
	DocMaintenances = "maintenances"  // a list of maintenances
	DocIncident     = "incident"      // one incident, in an answer of an API
	DocIncidentPage = "incident_page" // one incident's web page
	DocHistory      = "history"       // a stretch of past incidents
)
