package upstream

import (
	"strings"
	"sync"

	"vendorwatch/normalize/lazyregexp"
)

// Words. X stands for a token.
const (
	trouble = `(?:outages?|incidents?|issues?|problems?|disruptions?|interruptions?|degradations?|degraded|failures?|` +
		`failing|unavailab\w+|downtime|down|errors?|latency|instability|impairments?|service event|experiencing|` +
		`connectivity)`
	because = `(?:due to|caused by|because of|as a result of|result of|resulting from|related to|attributed to|` +
		`attributable to|stem(?:s|med|ming)? from|originat(?:es|ed|ing) (?:from|in|at|with)|traced to|tied to|` +
		`linked to|owing to|thanks to|(?:impacted|affected|hit|triggered) by|in connection with|consequence of|` +
		`in light of|part of|impact (?:of|from)|root cause (?:is|was))`
	// What says that a name alone is the cause. The others may only say what something is about.
	solely = `(?:due to|caused by|because of|result of|resulting from|attributed to|attributable to|` +
		`stem(?:s|med|ming)? from|originat(?:es|ed|ing) (?:from|in|at|with)|traced (?:back )?to|triggered by|` +
		`owing to|root cause (?:is|was|lies with))`
	be    = `(?:is|are|was|were|has been|have been|had been)`
	the   = `(?:the |our |an? |one of our |one of the )?`
	seems = `(?:appears?|seems?|looks?|believed|confirmed|known|suspected)`
	few   = `(?:[ \-/]+[\w.&'’()-]+){0,5}?[ \-/]+`
	some  = `(?:[ \-/]+[\w.&'’()-]+){0,3}?[ \-/]+`
)

var (
	address = lazyregexp.New(`(?i)\bhttps?://\S+|\b[\w.-]+@[\w.-]+\b`)

	unnamedWords = lazyregexp.New(`(?i)\b(?:(?:upstream|third[ -]party|3rd[ -]party|external|public cloud|cloud|` +
		`hosting|infrastructure|cdn|dns)[ -]+)(?:(?:cloud|hosting|infrastructure|service|cdn|dns|third[ -]party)` +
		`[ -]+)*` +
		`(?:providers?|vendors?|partners?|suppliers?|dependency|dependencies)\b|` +
		`\b(?:third|3rd)[ -]party services?\b|` +
		`\b(?:our|one of our|a) (?:service )?(?:partners?|vendors?|suppliers?|providers?)\b`)
	modelWords   = lazyregexp.New(`(?i)\b(?:upstream |third[ -]party |external )?(?:ai )?model providers?\b`)
	carrierWords = lazyregexp.New(`(?i)\b(?:upstream |third[ -]party |external )?(?:(?:network|internet|transit|` +
		`telecom\w*|mobile|bandwidth|fib(?:er|re)|power|carrier|peering|colocation|data ?cent(?:er|re)|isp)[ -]+)+` +
		`(?:service )?(?:providers?|carriers?|partners?|vendors?)\b|\bcarriers?\b|\bisps?\b`)
	// Whom one speaks of as a partner or vendor may be anybody: a bank, a shop. Of these only a blame counts.
	standsBelow = lazyregexp.New(`(?i)\b(?:upstream|third[ -]party|3rd[ -]party|cloud|hosting|infrastructure|cdn|dns)` +
		`[ -]`)
	carrierTitle = lazyregexp.New(`(?i)\b(?:network (?:performance|connectivity|latency|degradation|congestion)|` +
		`degraded network|packet loss|routing|transit|peering|sms|mms|carriers?|fib(?:er|re))\b`)

	// What comes after such a word is no trouble of the name before it: "we work with our provider on the issue".
	barrier = lazyregexp.New(`([\x{e000}-\x{f002}](?:['’]s?)?) +(?:on|to|with|for|about|regarding|but|while|` +
		`in|by)\b`)

	// What a vendor made for a provider's users is the vendor's: "issues with the Zendesk app".
	ownPart = lazyregexp.New(`(?i)[\x{e000}-\x{efff}](?:['’]s?)? +(apps?|integrations?|connectors?|` +
		`plugins?|` +
		`add-?ons?|extensions?|bots?|log-?ins?|sign-?ins?|sso|oauth|authentication|sync|imports?|importer|` +
		`exports?|marketplace)\b`)

	denial = lazyregexp.New(`(?i)\b(?:no|none)\b[^.,;]{0,50}\b(?:impacted|affected|hit)\b|` +
		`(?:\bnot|n['’]t) (?:(?:been|being|be|currently|directly|expected to be) )*(?:impact|affect|hit\b)|` +
		`\b(?:no|without|without any) (?:(?:known|customer|user|service) )*(?:impact|effect)|` +
		`\bunaffected\b|\bunimpacted\b|\b(?:operating|operational|working|functioning) (?:as )?normal|\bawareness\b`)
	unrelated = lazyregexp.New(`(?i)\bunrelated\b|(?:\bnot|n['’]t) (?:directly |in any way |believed to be )?` +
		`(?:related to|caused by|due to|connected (?:to|with)|linked to)\b`)
)

// forms are the ways in which a text blames X: as a cause, as the subject of a sentence, and more freely in a title,
// which has no verbs to spare.
// tells are the ways in which it tells of X's trouble, and leaves to the reader that it is its own too.
type forms struct{ cause, subject, title, tells *lazyregexp.Regexp }

var readForms = sync.OnceValue(func() map[rune]forms {
	return map[rune]forms{firstToken: formsOf(string(firstToken)), unnamedToken: formsOf(string(unnamedToken))}
})

func formsOf(token string) forms {
	x := token + `(?:['’]s?)?`
	affects := `\b(?:(?:caus|affect|impact|lead|disrupt|prevent)(?:ing|ed|es|s)|` +
		`(?:continues?|starts?|started|continued) to (?:cause|affect|impact|disrupt|prevent))\b`
	troubled := `(?:(?:currently|still|now|also|again|reportedly|partially|completely|globally|once again) )*` +
		`(?:(?:experiencing|having|seeing|facing|suffering(?: from)?|undergoing)[^.,;]{0,40}` + trouble + `|down\b|` +
		`unavailable|degraded|offline|unreachable|recovering)`
	// The name and what may stand in brackets or between commas after it.
	aside := the + x + `(?:,? \([^()]{0,60}\)|, (?:which|who|whom|our|one of)\b[^.,;]{0,60},|,? (?:which|who))?`
	cause := []string{
		because + few + `(?:` + x + some + trouble + `|` + x + `[ -]+side|` +
			trouble + `[^.]{0,60}(?:at|with|of|from|in|on|by|affecting)` + few + x + `)`,
		trouble + ` (?:at|with|of|from|in)` + few + x + `,? (?:which |that )?(?:(?:has|have|is|are|was|were) )?` +
			affects,
		trouble + ` (?:at|with|of|from|in)` + few + x + `,? (?:which is |who is )?(?:(?:one of )?our\b|` +
			string(unnamedToken) + `)`,
		trouble + `[^.]{0,40}\bour (?:[\w-]+ ){0,3}(?:` + string(unnamedToken) +
			`|providers?|partners?|vendors?),? \(?` + x,
		trouble + `[^.]{0,40}` + string(unnamedToken) + `,? \(?` + x,
		solely + `(?: the| our| an?)?(?: [\w-]+){0,2} ` + x + `(?:[.,;:)!]| [-–|(]|$)`,
		trouble + `,? (?:` + be + `|lies?|(?:` + be + ` )?(?:(?:likely|probably) )?` + seems + ` to (?:be|lie))` +
			`(?: likely| located)? (?:with|at|within) ` + the + x + `(?:[.,;:)!]| \||$)`,
		`(?:` + be + `|be|as|` + seems + ` (?:to be|like)) (?:an?|the|part of an?) (?:[\w-]+ ){0,3}?` + trouble +
			` (?:at|with|within|of|from|in|on) ` + the + x,
		`\b(?:third[ -]party|3rd[ -]party|upstream|provider|vendor|external) ` + trouble + `(?::| -|,)? \(?` + the + x,
		`\b(?:wait\w*|await\w*) (?:for|on) ` + the + x + ` (?:\| )?` +
			`(?:resol|restor|fix|recover|mitigat|complet|repair)\w*`,
		`\bwith ` + the + x + ` (?:\| )?(?:resolve|fix|restore|mitigate)\b[^.]{0,60}\b(?:their (?:side|end|part)|` +
			`its (?:side|end))\b`,
		trouble + `[^.,;]{0,30} on ` + the + x + `[ -]+(?:side|end)\b`,
		`\b(?:because|since|as|while|until|when|after|now that|that) ` + aside + ` (?:` + be + ` )?` + troubled,
		`\bwith ` + the + x + ` (?:being )?(?:down|unavailable|offline|degraded)\b`,
	}
	subject := []string{x + some + trouble + `[^.]{0,40}` + affects,
		string(unnamedToken) + `,? \(?` + x + `\)?,? (?:is|are|has|have|had|was|were)\b[^.]{0,40}` + trouble}
	title := []string{
		x + some + `(?:outages?|incidents?|issues?|disruptions?|degradations?|problems?)\b`,
		`\b(?:failures?|errors?|issues?|problems?) (?:from|with|at) (?:the |our |an? )?` + x,
		`\bfollowing` + few + x + some + trouble,
	}
	if token == string(unnamedToken) {
		// Whoever speaks of trouble with a provider of his does not need to say that it is his trouble too.
		cause = append(cause, trouble+` (?:at|with|of|from|in|on)(?:[ ]+[\w-]+){0,6}?[ ]+`+x)
		title = append(title, `\bupstream (?:service )?`+trouble)
	}
	begins := `(?:^|[,;:.(–-] ?|` + string(unnamedToken) + `,? \(?|\b(?:that|because|since|as|while|when|where|until|` +
		`after|but|believe|see|the|host|cdn|ongoing:?) )`
	tells := []string{
		begins + aside + ` ` + be + ` ` + troubled,
		`\band ` + the + x + ` has (?:an?|some|degraded)\b[^.,;]{0,40}` + trouble,
		aside + ` ` + be + ` (?:an? |some )?(?:currently )?(?:experiencing|suffering)[^.,;]{0,40}` + trouble,
		begins + aside + ` (?:(?:has|have|had) )?(?:also )?(?:acknowledged|confirmed|reported|identified|declared|` +
			`resolved|fixed|mitigated|implemented|deployed|applied|reports?|confirms?)\b[^.;]{0,60}` +
			`\b(?:issues?|problems?|outages?|incidents?|disruptions?|fix|root cause|mitigations?|recovery)\b`,
		`(?:` + begins + `|following )` + the + x + `,? (?:has |have |is |are )?(?:also |fully |now |already )?` +
			`(?:recovers|recovered|recovery|recovering)\b`,
	}
	join := func(all []string) *lazyregexp.Regexp { return lazyregexp.New(`(?i)(?:` + strings.Join(all, "|") + `)`) }
	return forms{join(cause), join(subject), join(title), join(tells)}
}

// placed finds X as the place of trouble, as in "clusters in Azure Central US": there it is no subject.
var placed = lazyregexp.New(`(?i)\b(?:in|on|within|across|for)(?: the)? ` + string(firstToken))

// blamed returns how a text speaks of X's trouble: it Blames X if it names that as the cause of its own, and TellsOf it
// if it does not say whose trouble it is too; else "".
func blamed(marked, token string, title bool) Stance {
	f := readForms()[unnamedToken]
	if !strings.Contains(marked, token) &&
		!(title && token == string(unnamedToken) && strings.Contains(strings.ToLower(marked), "upstream")) {
		return ""
	}
	if token != string(unnamedToken) {
		f = readForms()[firstToken]
		// One expression serves all names: this one's token, and words for the others.
		marked = strings.Map(func(r rune) rune {
			switch {
			case string(r) == token:
				return firstToken
			case r >= firstToken && r < unnamedToken:
				return 'x'
			}
			return r
		}, marked)
	}
	if f.cause.MatchString(marked) {
		return Blames
	}
	marked = placed.ReplaceAllString(marked, "in x")
	switch {
	case f.subject.MatchString(marked):
		return Blames
	case title && f.title.MatchString(marked), f.tells.MatchString(marked):
		return TellsOf
	}
	return ""
}
