package db_test

import (
	"strings"
	"testing"

	"vendorwatch/db"
)

// Each view can be asked as of another time than now, and no view that it reads asks for the present time by itself.
func TestViewsAsOfATime(t *testing.T) {
	f := newFile(t)
	names := f.rows(`SELECT name FROM sqlite_master WHERE type = 'view'`)
	if len(names) == 0 {
		t.Fatal("there is no view")
	}
	const at = "'2026-11-23T09:00:00.000Z'"
	asking := map[string]bool{}
	for _, name := range names {
		asking[name] = strings.Contains(db.ViewAt(name, at), at)
	}
	for _, name := range names {
		text := db.ViewAt(name, at)
		if strings.Contains(text, "'now'") {
			t.Errorf("%s asks for the present time", name)
		}
		for _, read := range strings.Fields(text) {
			if read = strings.Trim(read, "(),;"); asking[read] && strings.Contains(text, " FROM "+read+" ") {
				t.Errorf("%s reads %s, which asks for the present time", name, read)
			}
		}
		f.rows(`SELECT count(*) FROM (` + text + `)`)
	}
}
