package described_test

import (
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
	"vendorwatch/scraper/platforms/described"
	"vendorwatch/scraper/platforms/platformtest"
)

const pier = `{"status":{"health":"degraded","message":"It sways."},"lastUpdated":"2026-11-23T11:58:00Z",` +
	`"services":[{"id":"Piers","geographies":[{"id":"EU","name":"Europe","health":"degraded"}]}]}`

func azureDevOps() *custom.Selectors { return described.All()["azuredevops"] }

func TestAzureDevOpsWords(t *testing.T) {
	for word, want := range map[string]struct {
		severity normalize.Severity
		status   normalize.ComponentStatus
	}{
		"healthy":   {normalize.SeverityNone, normalize.StatusOperational},
		"degraded":  {normalize.SeverityMinor, normalize.StatusDegraded},
		"unhealthy": {normalize.SeverityMajor, normalize.StatusMajor},
		"advisory":  {normalize.SeverityUnknown, normalize.StatusUnknown},
		"unknown":   {normalize.SeverityUnknown, normalize.StatusUnknown},
		"soggy":     {normalize.SeverityUnknown, normalize.StatusUnknown},
	} {
		res := platformtest.Parsed(t, azureDevOps(), "", platformtest.Swap(t, pier, `"degraded"`, `"`+word+`"`))
		severity, _ := azureDevOps().Words().Severity(res.Indicator)
		components, _ := normalize.Components(res.Components, azureDevOps().Words())
		if severity != want.severity || components[0].Status != want.status {
			t.Errorf("%s: the page is %s, its component %s", word, severity, components[0].Status)
		}
	}
}

// The document lists no incidents, so that none has ended because it is not there.
func TestAzureDevOpsProvesNoEnd(t *testing.T) {
	res := platformtest.Parsed(t, azureDevOps(), "", pier)
	if res.Coverage != (scraper.Coverage{Components: true}) || res.Headline != "It sways." {
		t.Errorf("covers %+v, says %q", res.Coverage, res.Headline)
	}
}

func TestAzureDevOpsStart(t *testing.T) {
	const want = "https://status.dev.azure.com/_apis/status/health?api-version=7.1-preview.1"
	for _, address := range []string{"https://status.dev.azure.com", "https://status.dev.azure.com/_history", want} {
		if got := azureDevOps().Start(scraper.Source{URL: address}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s begins with %+v", address, got)
		}
	}
}

func TestAzureDevOpsRefuses(t *testing.T) {
	bodies := map[string]string{}
	for what, swap := range map[string][2]string{
		"no time it is made at":              {`"lastUpdated"`, `"updated"`},
		"no health of the page":              {`"health":"degraded","message"`, `"message"`},
		"no message":                         {`,"message":"It sways."`, ``},
		"no services":                        {`"services"`, `"products"`},
		"services that are null":             {`"services":[`, `"services":null,"products":[`},
		"a service without an id":            {`{"id":"Piers",`, `{`},
		"a service without geography":        {`[{"id":"EU","name":"Europe","health":"degraded"}]`, `[]`},
		"a geography without a health":       {`"name":"Europe","health":"degraded"`, `"name":"Europe"`},
		"a geography without a name":         {`"name":"Europe",`, ``},
		"a second service without geography": {`"services":[`, `"services":[{"id":"Docks","geographies":[]},`},
		"a second service that is null":      {`"services":[`, `"services":[null,`},
		"a health that is a number":          {`"health":"degraded"`, `"health":2`},
	} {
		bodies[what] = platformtest.Swap(t, pier, swap[0], swap[1])
	}
	platformtest.Refuses(t, azureDevOps(), bodies)
}
