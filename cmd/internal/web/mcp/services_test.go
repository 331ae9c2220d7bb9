package mcp_test

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/mcp"
	. "vendorwatch/cmd/internal/web/webtest"
)

func TestOurServices(t *testing.T) {
	session := Assistant(t, Rich(t, web.Options{}))
	var all, one mcp.ServicesOut
	ask(t, session, "our_services", map[string]any{}, &all)
	if len(all.Services) != 2 || all.Services[0].Service != "checkout" || all.Services[0].Status != "partial_outage" ||
		!all.Services[0].Critical || len(all.Services[0].Needs) != 2 || all.Services[0].Incidents != nil {
		t.Errorf("%+v", all)
	}
	ask(t, session, "our_services", map[string]any{"service": "Checkout"}, &one)
	if len(one.Services) != 1 || len(one.Services[0].Incidents) == 0 {
		t.Errorf("%+v", one)
	}
	refused := ask(t, session, "our_services", map[string]any{"service": "chekout"}, &one)
	if !strings.Contains(refused, "did you mean: checkout") {
		t.Errorf("refused: %q", refused)
	}
}
