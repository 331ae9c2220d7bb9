package webtest

import (
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Assistant is a client of the tools over HTTP.
func Assistant(t *testing.T, r *Record) *sdk.ClientSession {
	t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.StreamableClientTransport{Endpoint: r.URL + "/mcp",
		DisableStandaloneSSE: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// CallTool calls a tool. It returns the text of its answer, and whether that is a refusal.
func CallTool(t *testing.T, session *sdk.ClientSession, tool string, args map[string]any) (text string, refused bool) {
	t.Helper()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range result.Content {
		if part, ok := c.(*sdk.TextContent); ok {
			text += part.Text
		}
	}
	return text, result.IsError
}
