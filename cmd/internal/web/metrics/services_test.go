package metrics_test

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
)

// Each service of ours has one status at a time.
func TestMetricsOfServices(t *testing.T) {
	text := Rich(t, web.Options{}).Page("/metrics").Text
	for _, want := range []string{
		`vendorwatch_service_status{service="checkout",status="partial_outage"} 1`,
		`vendorwatch_service_status{service="checkout",status="operational"} 0`,
		`vendorwatch_service_status{service="mails",status="unknown"} 1`,
		`vendorwatch_service_status{service="mails",status="operational"} 0`,
		`vendorwatch_probe_failing{probe="Acme API",service="",vendor="acme"} 0`,
		"vendorwatch_own_network_outage 0",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
}
