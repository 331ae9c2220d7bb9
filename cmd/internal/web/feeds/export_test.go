package feeds

// What the tests read a feed into, and the colour of a vendor that is well.
type (
	AtomFeed = atomFeed
	AtomLink = atomLink
)

const BadgeGreen = badgeGreen
