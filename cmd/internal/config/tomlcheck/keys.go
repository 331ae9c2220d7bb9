package tomlcheck

import "reflect"

// A Key is a key or a table that a file may have.
type Key struct {
	Table bool   // it is a table, or a list of tables
	Many  bool   // there can be several of the table
	What  string // what its value is: "a duration"
}

// Keys returns what a file that is read into a struct of this type may have, by path without numbers.
func Keys(t reflect.Type) map[string]Key {
	types := schemaOf(t)
	keys := map[string]Key{}
	for path, t := range types {
		if path == "" || isSecret(t) {
			continue
		}
		what, _ := types.expected(path)
		keys[path] = Key{Table: isTable(t), Many: isTables(t), What: what}
	}
	return keys
}
