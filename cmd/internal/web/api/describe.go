package api

import (
	"reflect"

	"vendorwatch/cmd/internal/web/incoming"
	"vendorwatch/cmd/internal/web/openapi"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

// description is the API as its document describes it, but for its paths.
func description() openapi.Spec {
	return openapi.Spec{
		Info: openapi.Info{
			Title: "vendorwatch", Version: "1", Summary: "What vendors' status pages say, in one form.",
			Description: "Names are those of the SQL columns. Everything is read with GET or HEAD; actions " +
				"and signals are posted, with a token that may write. A field that is empty is left out, unless its " +
				"description says that it is null. A parameter that is not known is refused. Fields " +
				"may be added to answers at any time.",
		},
		Structs: structs, Values: values(), ValueOf: valueOf, Types: valueTypes, Fields: allFieldTexts(),
		Parameters: parameters(), Responses: responses(),
		Security: []openapi.Security{
			{Name: "bearer", Type: "http", Scheme: "bearer",
				Description: "The token of the configuration, if it names one."},
			{Name: "basic", Type: "http", Scheme: "basic",
				Description: "User and password of the configuration, if it names them; or any user, and the token " +
					"as the password."},
			{Name: "write", Type: "http", Scheme: "bearer", Write: true,
				Description: "The token of the configuration that may write; without one, nothing can be changed."},
		},
	}
}

// structs are all structs that answers hold.
var structs = []openapi.Struct{
	{Name: "VendorList", Type: reflect.TypeFor[VendorList](), Description: "All vendors, by name."},
	{Name: "VendorState", Type: reflect.TypeFor[VendorState](), Description: "A vendor and how it does."},
	{Name: "Vendor", Type: reflect.TypeFor[Vendor](), Description: "One vendor in full."},
	{Name: "Numbers", Type: reflect.TypeFor[site.Numbers](),
		Description: "A vendor's figures over the incidents that began within a span of time."},
	{Name: "Stats", Type: reflect.TypeFor[query.Stats](), Description: "The figures that a vendor is judged by."},
	{Name: "Uptime", Type: reflect.TypeFor[query.Uptime](),
		Description: "The share of a window without impact, of the time that is known."},
	{Name: "SLA", Type: reflect.TypeFor[query.SLA](),
		Description: "A vendor's uptime in the period that lasts, as its agreement counts it."},
	{Name: "ServiceUptime", Type: reflect.TypeFor[servicetime.Uptime](),
		Description: "The share of a window in which a service of ours had all that it needs, of the known time."},
	{Name: "ServiceSLA", Type: reflect.TypeFor[servicetime.SLA](),
		Description: "How a service of ours does against its target in the period that lasts."},
	{Name: "Honesty", Type: reflect.TypeFor[query.Honesty](),
		Description: "One measure of how openly a vendor reports its incidents."},
	{Name: "SourceList", Type: reflect.TypeFor[SourceList](),
		Description: "Status pages, in the order of their numbers."},
	{Name: "Source", Type: reflect.TypeFor[query.SourceHealth](), Description: "A status page and its health."},
	{Name: "ComponentList", Type: reflect.TypeFor[ComponentList](),
		Description: "Components, in the order of their numbers."},
	{Name: "ListedComponent", Type: reflect.TypeFor[query.ListedComponent](),
		Description: "A part of a vendor's service, with the page that shows it."},
	{Name: "AffectedComponent", Type: reflect.TypeFor[query.AffectedComponent](),
		Description: "A component that an incident affects."},
	{Name: "IncidentList", Type: reflect.TypeFor[IncidentList](), Description: "Incidents, the newest first."},
	{Name: "Incident", Type: reflect.TypeFor[query.Incident](),
		Description: "An incident, a maintenance or a notice."},
	{Name: "IncidentDetail", Type: reflect.TypeFor[query.IncidentDetail](), Description: "One incident in full."},
	{Name: "UpdateList", Type: reflect.TypeFor[UpdateList](),
		Description: "Posts, in the order in which they were stored."},
	{Name: "ListedUpdate", Type: reflect.TypeFor[query.ListedUpdate](),
		Description: "A post, with the incident and the vendor that it is of."},
	{Name: "Update", Type: reflect.TypeFor[query.Update](), Description: "A post of an incident's timeline."},
	{Name: "Revision", Type: reflect.TypeFor[query.Revision](), Description: "An edit by the vendor."},
	{Name: "Finding", Type: reflect.TypeFor[query.Finding](), Description: "Something that could not be understood."},
	{Name: "EventRecord", Type: reflect.TypeFor[query.EventRecord](),
		Description: "Another page's record of the same event."},
	{Name: "Raw", Type: reflect.TypeFor[normalize.Raw](), Description: "An incident in the vendor's own words, as " +
		"one document showed it."},
	{Name: "RawUpdate", Type: reflect.TypeFor[normalize.RawUpdate](),
		Description: "A post in the vendor's own words."},
	{Name: "RawComponent", Type: reflect.TypeFor[normalize.RawComponent](),
		Description: "A component in the vendor's own words."},
	{Name: "RawTime", Type: reflect.TypeFor[normalize.RawTime](), Description: "A time as printed."},
	{Name: "EventList", Type: reflect.TypeFor[EventList](),
		Description: "Events, in the order in which they were learned."},
	{Name: "Event", Type: reflect.TypeFor[query.Event](),
		Description: "One piece of news, with what a reader wants to know about it."},
	{Name: "ServiceList", Type: reflect.TypeFor[ServiceList](), Description: "All services of ours."},
	{Name: "ServiceState", Type: reflect.TypeFor[ServiceState](), Description: "A service of ours and how it does."},
	{Name: "Service", Type: reflect.TypeFor[Service](), Description: "One service of ours in full."},
	{Name: "ServiceNeed", Type: reflect.TypeFor[query.ServiceNeed](),
		Description: "Something that a service of ours needs."},
	{Name: "Ok", Type: reflect.TypeFor[Ok](), Description: "Whether all is well."},
	{Name: "OkReason", Type: reflect.TypeFor[query.OkReason](),
		Description: "Something that is not well, or work that is planned."},
	{Name: "ActionList", Type: reflect.TypeFor[ActionList](), Description: "What people did, in order."},
	{Name: "Action", Type: reflect.TypeFor[query.Action](),
		Description: "What somebody did about a vendor or an incident."},
	{Name: "ActionRequest", Type: reflect.TypeFor[ActionRequest](), Description: "What is to be put on record."},
	{Name: "EndRequest", Type: reflect.TypeFor[EndRequest](), Description: "Who ends it."},
	{Name: "StoryList", Type: reflect.TypeFor[StoryList](), Description: "Stories, the newest first."},
	{Name: "Story", Type: reflect.TypeFor[query.Story](),
		Description: "Incidents of several vendors that have one cause."},
	{Name: "StoryMember", Type: reflect.TypeFor[query.StoryMember](),
		Description: "An incident of a story, and why it belongs to it."},
	{Name: "SignalPost", Type: reflect.TypeFor[incoming.Post](),
		Description: "Alerts of your own monitoring: signals in our own form, or the alerts of a webhook of " +
			"Alertmanager or Grafana."},
	{Name: "Signal", Type: reflect.TypeFor[incoming.Signal](), Description: "An alert in our own form."},
	{Name: "Alert", Type: reflect.TypeFor[incoming.Alert](),
		Description: "An alert as Alertmanager and Grafana send it; further fields are left out."},
	{Name: "Signalled", Type: reflect.TypeFor[Signalled](), Description: "What became of alerts that were posted."},
	{Name: "Pushed", Type: reflect.TypeFor[Pushed](), Description: "What a push has brought about."},
	{Name: "Health", Type: reflect.TypeFor[Health](), Description: "How vendorwatch itself does."},
	{Name: "Probe", Type: reflect.TypeFor[query.Probe](),
		Description: "A check of ours, a row of the view v_probes."},
	{Name: "OwnOutage", Type: reflect.TypeFor[query.OwnOutage](),
		Description: "A time in which our own network is taken for the cause, a row of the table own_outages."},
	{Name: "Channel", Type: reflect.TypeFor[query.ChannelHealth](),
		Description: "A channel that alerts and digests are sent to, and its health."},
	{Name: "Problem", Type: reflect.TypeFor[problem](), Description: "What went wrong, in the form of RFC 9457."},
}
