package feeds

// What the tests read a feed into.
type (
	AtomFeed = atomFeed
	AtomLink = atomLink
)

const BadgeGreen = badgeGreen
