package catalogued

// Hunk is hunk, for the tests outside of this package.
var Hunk = hunk
