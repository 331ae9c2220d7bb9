package dbtest

import (
	"database/sql/driver"
	"encoding/json"

	"modernc.org/sqlite"

	"vendorwatch/db/internal/packed"
)

// What tests ask a file may call unpacked(words), the JSON that a column of packed words holds, and packed(json), the
// reverse.
func init() {
	sqlite.MustRegisterDeterministicScalarFunction("unpacked", 1,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			words, _ := args[0].([]byte)
			var plain json.RawMessage
			err := packed.Unpack(words, &plain)
			return string(plain), err
		})
	sqlite.MustRegisterDeterministicScalarFunction("packed", 1,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			text, _ := args[0].(string)
			return packed.Pack(json.RawMessage(text))
		})
}
