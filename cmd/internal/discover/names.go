package discover

import (
	"slices"
	"strings"
	"unicode"
)

// english are words of the language that are names of vendors, too. As a line or a cell of a table they say nothing.
var english = strings.Fields(`
abnormal acoustic adjust airship alchemy alloy alpaca amplify amplitude ancestry apple aqua array articulate assembled
astro atlas axiom axis azure banked bandwidth barracuda bird blackboard blend blockchain bolt bonsai bottled box
branch brave braze breadcrumb breathe bridge bubble buffer bullhorn bullish bunny calamari calibre calm canary
canonical canopy canvas capsule cargo carrot castle census chef chromatic circle clerk clever click close clubhouse
cockroach cohere compass confluence copper cornerstone courier crates crisp crypto currents cursor curve cypress daily
density depot deputy dialogue discord discourse docker doodle doppler drip dropbox duo ease elastic enigma envoy
epic equinix exact expel factorial fathom flash flatfile float flock fly flywheel forge framer front funnel galaxy
gather gem gemini gong goto grafana greenhouse groove guru gusto handshake harness harvest heap hex hive hologram
homerun honeybadger honeycomb human humanity immutable insights intercom iron jane jellyfish keen keeper keeping kit
knock kraken later latitude lattice launchpad ledger lever lightspeed linear litmus loader localize loom loops lovable
lucid lunar magic make massive masterplan matrix maze meadow medium mention meridian meta meteor minds mist mnemonic
mobilize modal mode monday mono mosaic motion multiverse mural namely neon nightfall ninety nitro notion numerator
nutshell octopus one optimism outreach own packet paddle pan parchment particle patch pendo persona phrase pinecone
pinpoint pipeline plaid polar polly posit postman postmark prefect prey privacy privy pronto proof proton
pulse purple purse python qualified quilt railway raindrop realm recharge reclaim remind render replicate replicated
resend rev ring roam robin runway sage sanity sapling scout scroll section segment seismic semaphore sense sentry
shelf shogun shortcut sift sigma signal singular sketch skylight slab slack sleuth smarty snowflake sonar sorry
soundtrack splice split spotlight sprig square stacker stamped step stitch stoplight stream streak stripe swagger swell
switcher tally teak teams teamwork teleport tempo temporal tide timely toast transcend tray trusted tuple
umbrella unity uphold upstart vertex vibes voltage walkme wave whimsical windmill windsurf wise wiz workspot zoom
`)

// distinct reports whether a name means a vendor wherever it stands alone: it is no English word, and long enough not
// to be an abbreviation of something else.
func distinct(name string) bool {
	folded := fold(name)
	return len(folded) >= 4 && !slices.Contains(english, folded)
}

// legal are words that follow a company's name in contracts, invoices and statements.
var legal = strings.Fields(`
inc llc ltd limited gmbh corp corporation co company sarl sas srl bv nv ag sa plc pte pty oy ab emea ireland
international technologies software labs subscription
`)

// company returns a cell as names are compared: folded, without what follows a company's name.
func company(cell string) string {
	words := strings.FieldsFunc(strings.ToLower(cell), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for len(words) > 1 && slices.Contains(legal, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, "")
}

// fold leaves letters and digits, in lower case.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
