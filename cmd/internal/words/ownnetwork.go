package words

// OwnNetwork is how routes name outages of our own network among events. It is no event of the record, for it is news
// of no vendor.
const OwnNetwork = "own_network"
