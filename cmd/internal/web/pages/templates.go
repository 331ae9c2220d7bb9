package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

// asset is a file of ours that pages load. Its address names its content, so that browsers can keep it for good.
type asset struct {
	media, version string
	body           []byte
}

func loadAssets() map[string]asset {
	media := map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
	assets := map[string]asset{}
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	for _, e := range entries {
		body, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		assets[e.Name()] = asset{media[path.Ext(e.Name())], hex.EncodeToString(sum[:5]), body}
	}
	return assets
}

// Static is a file of ours. An answer to an address that names its content can be kept for good.
func (p *Pages) Static(r *http.Request) (site.Document, error) {
	a, ok := p.assets[r.PathValue("name")]
	if !ok {
		return site.Document{}, db.ErrNotFound
	}
	d := site.Document{Media: a.media, Body: a.body}
	if r.URL.Query().Get("v") == a.version {
		d.Header = map[string]string{"Cache-Control": "public, max-age=31536000, immutable"}
	}
	return d, nil
}

// loadPages parses every template once, each page together with the layout and the shared parts.
func (p *Pages) loadPages() map[string]*template.Template {
	funcs := template.FuncMap{
		"link":           p.Link,
		"static":         func(name string) string { return p.Link("/static/", name, "?v=", p.assets[name].version) },
		"version":        func() string { return p.Version },
		"time":           p.time,
		"zone":           func() string { return p.Zone.String() },
		"day":            prose.Day,
		"spell":          func(word any) string { return words.Spell(fmt.Sprint(word)) },
		"severity":       severityWords,
		"tone":           tone,
		"short":          words.Short,
		"plain":          prose.Plain,
		"lasted":         words.Lasted,
		"lasting":        p.lasting,
		"ago":            p.ago,
		"window":         p.window,
		"count":          words.Count,
		"event":          eventWords,
		"outside":        prose.Outside,
		"stated":         words.Seconds,
		"host":           host,
		"vendortone":     site.Tone,
		"vendorwords":    words.Status,
		"needtone":       site.NeedTone,
		"needwords":      words.Need,
		"touches":        words.Touches,
		"story":          words.Story,
		"evidence":       words.StoryEvidence,
		"actionlabel":    words.ActionLabel,
		"vendorsentence": words.StatusSentence,
		"percent":        words.Percent,
		"share":          func(p float64) string { return words.Percent(&p) },
		"minutes":        words.Minutes,
		"hours":          words.Hours,
		"budget":         func(m float64) string { return words.Minutes(&m) },
		"byChance":       byChance,
		"measure":        words.Measure,
		"measured":       words.Measured,
		"stamp":          normalize.FormatTime,
		"severityword":   words.Severity,
		"lengthof":       words.Duration,
		"heat":           heatWords,
		"monthhours":     monthHours,
		"took":           func(seconds *int64) string { return words.Seconds(*seconds) },
		"add":            func(a, b int) int { return a + b },
	}
	pages := map[string]*template.Template{}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		pages[name] = template.Must(template.New(name).Funcs(funcs).
			ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", file))
	}
	return pages
}

// byChance says how rare a member of a story would be by itself; "" where that is not known, or not rare.
func byChance(oneIn *float64) string {
	if oneIn == nil || *oneIn < 2 {
		return ""
	}
	return fmt.Sprintf("by chance it opens one so near in time once in %.0f times", *oneIn)
}
