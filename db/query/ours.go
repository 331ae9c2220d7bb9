package query

import "vendorwatch/db/query/ours"

// What is ours and not the vendors': our checks, times in which our own network is taken for the cause, and stories.
type (
	Probe     = ours.Probe
	OwnOutage = ours.OwnOutage
	Story     = ours.Story

	StoryMember = ours.Member
)
