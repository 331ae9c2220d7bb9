package mcp_test

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/mcp"
	. "vendorwatch/cmd/internal/web/webtest"
)

func TestStories(t *testing.T) {
	session := Assistant(t, Rich(t, web.Options{}))
	var all, none mcp.StoriesOut
	ask(t, session, "stories", map[string]any{"days": 365}, &all)
	if len(all.Stories) != 1 || all.Total != 1 {
		t.Fatalf("%+v", all)
	}
	s := all.Stories[0]
	if s.Provider == "" || s.Summary == "" || len(s.Members) == 0 || s.MembersTotal != len(s.Members) ||
		s.Members[0].Evidence == "" || s.Members[0].IncidentID == 0 || s.Members[0].Vendor == "" {
		t.Errorf("%+v", s)
	}
	if refused := ask(t, session, "stories", map[string]any{"days": 1000}, &none); !strings.Contains(refused, "365") {
		t.Errorf("refused: %q", refused)
	}
}
