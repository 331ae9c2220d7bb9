package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/site"
	wording "vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// ActionList is a page of what people did, in the order of their numbers.
type ActionList struct {
	Actions []query.Action `json:"actions"`
	Next    string         `json:"next,omitempty"`
}

func (a *API) actions(r *http.Request) (ActionList, error) {
	p, err := site.ReadParams(r, "vendor", "incident_id", "after", "limit")
	if err != nil {
		return ActionList{}, err
	}
	after, limit, err := p.After()
	if err != nil {
		return ActionList{}, err
	}
	vendor, err := a.Site.Vendor(r, p)
	if err != nil {
		return ActionList{}, err
	}
	incident, err := p.Number("incident_id", 0, 1, 1<<62)
	if err != nil {
		return ActionList{}, err
	}
	rows, err := a.DB.ActionsAfter(r.Context(), vendor, incident, after, limit)
	return ActionList{rows, site.Next(rows, limit, func(x query.Action) int64 { return x.ActionID })}, err
}

// ActionRequest is what somebody wants to be put on record.
type ActionRequest struct {
	Kind       query.ActionKind `json:"kind"`
	IncidentID int64            `json:"incident_id,omitempty"`
	Vendor     string           `json:"vendor,omitempty"`
	Who        string           `json:"who"`
	Text       string           `json:"text,omitempty"`
	For        string           `json:"for,omitempty"`
	UntilAt    string           `json:"until_at,omitempty"`
}

func (a *API) act(r *http.Request) (query.Action, error) {
	var in ActionRequest
	if err := readBody(r, &in); err != nil {
		return query.Action{}, err
	}
	now := a.Clock()
	n := ledger.NewAction{Kind: in.Kind, IncidentID: in.IncidentID, Vendor: in.Vendor, Who: in.Who, Text: in.Text,
		Via: query.ViaAPI}
	switch {
	case in.IncidentID != 0 && in.Vendor != "":
		return query.Action{}, site.BadRequest("incident_id and vendor both say what it is about; keep one of the two.")
	case in.For != "" && in.UntilAt != "":
		return query.Action{}, site.BadRequest("for and until_at both say when it ends; keep one of the two.")
	case in.For != "":
		length, err := wording.Length(in.For)
		if err != nil || length <= 0 {
			return query.Action{}, site.BadRequest(fmt.Sprintf("for=%q is not a length of time; write for example 2h.",
				in.For))
		}
		n.Until = now.Add(length)
	case in.UntilAt != "":
		until, err := time.Parse(time.RFC3339Nano, in.UntilAt)
		if err != nil {
			return query.Action{}, site.BadRequest(fmt.Sprintf(
				"until_at=%q is not a time; write one like 2026-11-23T10:02:05Z.", in.UntilAt))
		}
		n.Until = until
	case in.Kind == query.ActionMute:
		return query.Action{}, site.BadRequest(`A mute has an end; write for example "for": "2h".`)
	}
	done, err := a.Ledger.Act(r.Context(), n, now)
	return a.acted(done, err)
}

// EndRequest says who ends an action.
type EndRequest struct {
	Who string `json:"who"`
}

func (a *API) endAction(r *http.Request) (query.Action, error) {
	id, err := site.PathID(r)
	if err != nil {
		return query.Action{}, err
	}
	var in EndRequest
	if err := readBody(r, &in); err != nil {
		return query.Action{}, err
	}
	done, err := a.Ledger.End(r.Context(), id, in.Who, a.Clock())
	return a.acted(done, err)
}

// acted tells the service that there is something to plan.
func (a *API) acted(done query.Action, err error) (query.Action, error) {
	var bad ledger.BadAction
	if errors.As(err, &bad) {
		text := bad.Error()
		return done, site.BadRequest(strings.ToUpper(text[:1]) + text[1:] + ".")
	}
	if err == nil && a.OnAction != nil {
		a.OnAction()
	}
	return done, err
}

// readBody reads the JSON of a request. A field that is not known is refused, since what it asks for would be left out.
func readBody(r *http.Request, into any) error {
	text, err := jsonBody(r)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return site.BadRequest("The body is not what is asked for: " + err.Error() + "; see " + DocumentPath + ".")
	}
	if d.More() {
		return site.BadRequest("There is more than one value in the body.")
	}
	return nil
}

// jsonBody is the body of a request that sends JSON.
func jsonBody(r *http.Request) ([]byte, error) {
	if _, err := site.ReadParams(r); err != nil {
		return nil, err
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, Problem{http.StatusUnsupportedMediaType, "Send JSON, with Content-Type: application/json."}
	}
	text, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, Problem{http.StatusRequestEntityTooLarge, "The request is too large."}
	}
	if err != nil {
		return nil, site.BadRequest("The request did not arrive whole.")
	}
	return text, nil
}
