package discover

// What the tests outside of this package need of its inside.
var (
	English = english
	Fold    = fold
)
