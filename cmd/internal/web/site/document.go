package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"vendorwatch/db"
)

// Document is an answer before it is sent.
type Document struct {
	Status int               // 0 stands for 200
	Media  string            // its Content-Type
	Header map[string]string // what else is to be sent with it
	Body   []byte

	// More writes what follows Body where that is too long to be made beforehand; nil: nothing does. Such a document
	// has no ETag. An error breaks the answer off, so that nobody takes it for whole.
	More func(ctx context.Context, w io.Writer) error
}

// TooSlow is what a reader is told where an answer was not made within AnswerTime.
const TooSlow = "The answer was not ready within 10 seconds. Ask for less, such as one vendor or a shorter time; " +
	"vendorwatch export takes as long as it needs."

// IsTooSlow reports whether an answer failed because it was not made within AnswerTime.
func IsTooSlow(r *http.Request, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(r.Context().Err(), context.DeadlineExceeded)
}

// BadRequest is the sentence that tells a reader what is wrong with a request. It is answered with status 400.
type BadRequest string

func (b BadRequest) Error() string { return string(b) }

// JSON is a value as an indented document. The names in it are those of the SQL columns.
func JSON(v any) (Document, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return Document{}, err
	}
	return Document{Media: "application/json", Body: b.Bytes()}, nil
}

// PathID reads the number in a path. What is no number is not found.
func PathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, db.ErrNotFound
	}
	return id, nil
}
