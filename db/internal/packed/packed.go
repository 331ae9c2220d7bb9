// Package packed writes JSON in little room, for columns that hold vendors' words: what one document says is long, and
// most of it is said in the next one too.
package packed

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// dictionary1 is what packed JSON is likely to contain, the likeliest last. Files hold what was packed with it, so that
// it must never change: a better one is another file, with a form of its own.
//
//go:embed dictionary1.txt
var dictionary1 []byte

// form1 is the first byte of what is packed: DEFLATE (RFC 1951) with dictionary1 follows.
const form1 = 1

// level is where flate takes a third of the time of its best, for three per cent more bytes.
const level = 5

// writer is kept: its tables take a megabyte, and longer to make than most words to pack. One process writes a file,
// one transaction at a time, so that few ever wait for it.
var (
	writing sync.Mutex
	writer  *flate.Writer
)

// readers are small.
var readers = sync.Pool{New: func() any { return flate.NewReaderDict(bytes.NewReader(nil), dictionary1) }}

// Pack returns a value's JSON, packed.
func Pack(value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteByte(form1)
	writing.Lock()
	defer writing.Unlock()
	if writer == nil {
		if writer, err = flate.NewWriterDict(&b, level, dictionary1); err != nil {
			return nil, err
		}
	} else {
		writer.Reset(&b)
	}
	if _, err := writer.Write(plain); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unpack reads into a value what Pack returned.
func Unpack(from []byte, into any) error {
	if len(from) == 0 {
		return errors.New("packed words: none")
	}
	if from[0] != form1 {
		return fmt.Errorf("packed words: form %d is unknown; a newer version of the program may have written them",
			from[0])
	}
	r := readers.Get().(io.ReadCloser)
	defer readers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(from[1:]), dictionary1); err != nil {
		return fmt.Errorf("packed words: %w", err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("packed words: %w", err)
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("packed words: %w", err)
	}
	return nil
}
