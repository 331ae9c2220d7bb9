package pingoru

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vendorwatch/normalize/lazyregexp"
)

// componentNames returns the names of the affected components: those of the chips and, where the
// page shows no chip, those of the summary sentence. names is that sentence's list; page is searched
// for words that are written in mixed case.
func (r reader) componentNames(chips []textLine, names string, page []textLine) []string {
	first, second := namesOf(names)
	if len(chips) == 0 {
		return printedNames(first, second)
	}
	var out []string
	mixed := mixedCase(slices.DeleteFunc(slices.Clone(page), func(l textLine) bool {
		return slices.ContainsFunc(chips, func(chip textLine) bool { return strings.HasSuffix(l.text, chip.text) })
	}))
	for _, chip := range chips {
		if r.view != nil {
			for _, p := range chip.parts {
				out = append(out, printedNames(strings.Trim(p.text, " ,·•"))...)
			}
			continue
		}
		out = append(out, splitNames(chip.text, names, mixed)...)
	}
	return out
}

func printedNames(names ...string) []string {
	return slices.DeleteFunc(names, func(s string) bool { return s == "" })
}

// afterLabel returns a line without the label before its colon.
func afterLabel(l textLine, rest string) textLine {
	out := textLine{text: rest, gap: l.gap}
	for _, p := range l.parts {
		if len(out.parts) == 0 {
			if _, after, found := strings.Cut(p.text, "Affected:"); found {
				p.text = strings.TrimSpace(after)
			}
			if p.text == "" || p.text == ":" {
				continue
			}
		}
		out.parts = append(out.parts, p)
	}
	return out
}

var andMore = lazyregexp.New(` and \d+ more components?$`)

// namesOf returns the one or two components that the summary sentence names. A name may itself hold
// an "and": of several, the first parts the names.
func namesOf(list string) (first, second string) {
	list = andMore.ReplaceAllString(strings.TrimSpace(list), "")
	first, second, _ = strings.Cut(list, " and ")
	return strings.TrimSpace(first), strings.TrimSpace(second)
}

// splitNames parts the names of components that a page's text shows glued together, as in "Web
// ClientWeb Client". It goes by the names of the summary sentence, then by repetition, then by a
// capital after a small letter, but not inside the words of mixed, which are written so.
func splitNames(glued, list string, mixed []string) []string {
	glued = strings.TrimSpace(glued)
	list = strings.TrimSpace(list)
	if glued == "" {
		return nil
	}
	if glued == list {
		return []string{glued}
	}
	shown := andMore.ReplaceAllString(list, "")
	for at := 0; ; {
		i := strings.Index(shown[at:], " and ")
		if i < 0 {
			break
		}
		first, second := shown[:at+i], shown[at+i+len(" and "):]
		if rest, ok := strings.CutPrefix(glued, first+second); ok {
			return append([]string{first, second}, splitNames(rest, "", mixed)...)
		}
		at += i + len(" and ")
	}
	if rest, ok := strings.CutPrefix(glued, shown); ok && shown != "" && startsName(rest) {
		return append([]string{shown}, splitNames(rest, "", mixed)...)
	}
	if name, times := repeated(glued); times > 1 {
		return slices.Repeat([]string{name}, times)
	}
	return splitCase(glued, mixed)
}

// startsName reports whether a name may begin here: not in the middle of a word or of a sentence.
func startsName(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsDigit(r) || r == '[' || r == '('
}

// repeated returns the name that makes up the whole text when repeated.
func repeated(s string) (name string, times int) {
	for n := 3; n <= len(s)/2; n++ {
		if len(s)%n == 0 && s[0] != ' ' && s[n-1] != ' ' && startsName(s) && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n], len(s) / n
		}
	}
	return s, 1
}

// splitCase parts a text where a capital follows a small letter or a closing bracket without a space,
// and where the text's first word comes again without one.
func splitCase(s string, mixed []string) []string {
	var out []string
	from, prev := 0, rune(0)
	first, _, several := strings.Cut(s, " ")
	for i, r := range s {
		again := several && len(first) > 3 && i > 0 && unicode.IsUpper(r) && !unicode.IsSpace(prev) &&
			strings.HasPrefix(s[i:], first+" ")
		if again ||
			(unicode.IsLower(prev) || prev == ')' || prev == ']') && unicode.IsUpper(r) && !insideAny(s, i, mixed) {
			out = append(out, s[from:i])
			from = i
		}
		prev = r
	}
	return printedNames(append(out, s[from:])...)
}

// insideAny reports whether position i of s lies inside an occurrence of one of the words.
func insideAny(s string, i int, words []string) bool {
	for _, w := range words {
		for start := max(0, i-len(w)+1); start < i && start+len(w) <= len(s); start++ {
			if s[start:start+len(w)] == w {
				return true
			}
		}
	}
	return false
}

// brands are names of services that vendors list as components and that are written in mixed case.
var brands = []string{
	"WhatsApp", "YouTube", "LinkedIn", "GitHub", "GitLab", "BitBucket", "PayPal", "OpenAI", "DevOps",
	"JavaScript", "TypeScript", "PostgreSQL", "MySQL", "NoSQL", "MariaDB", "MongoDB", "DynamoDB", "CosmosDB",
	"CockroachDB", "ClickHouse", "RabbitMQ", "GraphQL", "OAuth", "WebSocket", "WebHook", "WebRTC", "FaceTime",
	"FedEx", "HubSpot", "SalesForce", "NetSuite", "BigQuery", "BigCommerce", "WooCommerce", "WordPress",
	"QuickBooks", "TikTok", "WeChat", "DocuSign", "DropBox", "OneDrive", "SharePoint", "PowerBI", "CloudFront",
	"CloudFormation", "CloudWatch", "CloudFlare", "DataDog", "PagerDuty", "SendGrid", "MailChimp", "iCloud",
	"iOS", "macOS", "iPhone", "iPad", "SaaS", "PaaS", "IaaS", "IPv", "DeepSeek", "ChatGPT", "NodeJS",
	"SuperAdmin", "AppStore", "AirTable", "BlackBerry", "ActiveDirectory",
}

var wordPattern = lazyregexp.New(`[\pL\pN]+`)

// mixedCase returns the brands and the words of a page's own lines that have a capital after a small
// letter. None of the lines may itself hold glued names.
func mixedCase(page []textLine) []string {
	out := slices.Clone(brands)
	for _, l := range page {
		for _, w := range wordPattern.FindAllString(l.text, -1) {
			if len(splitCase(w, nil)) > 1 && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}
