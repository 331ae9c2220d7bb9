package page

const DocSummary = "summary"

const DocStatus = "status"

const DocComponents = "components"

const DocIncidents = "incidents"

const DocMaintenances = "maintenances"

const DocIncident = "incident"

const DocHistory = "history"

const DocHome = "home"

const DocIncidentPage = "incident_page"
