package web

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

	"vendorwatch/cmd/internal/words"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

// asset is a file of ours that pages ask for. Its address names its content, so that browsers keep it for good.
type asset struct {
	media, version string
	body           []byte
}

func loadAssets() map[string]asset {
	media := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
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

func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	a, ok := s.assets[r.PathValue("name")]
	if !ok {
		s.page(func(*http.Request) (view, error) { return view{}, errNotFound })(w, r)
		return
	}
	s.send(kept{w, r.URL.Query().Get("v") == a.version}, r, http.StatusOK, a.media, a.body)
}

// kept lets an answer be kept for good where its address names its content.
type kept struct {
	http.ResponseWriter
	good bool
}

func (k kept) WriteHeader(status int) {
	if k.good {
		k.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	k.ResponseWriter.WriteHeader(status)
}

// loadPages parses every template once, each page together with the layout and the shared parts.
func (s *Server) loadPages() map[string]*template.Template {
	funcs := template.FuncMap{
		"link":     s.link,
		"static":   func(name string) string { return s.link("/static/", name, "?v=", s.assets[name].version) },
		"version":  func() string { return s.o.Version },
		"time":     timeTag,
		"local":    localTag,
		"day":      dayTag,
		"spell":    func(word any) string { return words.Spell(fmt.Sprint(word)) },
		"severity": severityWords,
		"tone":     tone,
		"short":    words.Short,
		"plain":    plainText,
		"lasted":   words.Lasted,
		"lasting":  s.lasting,
		"ago":      s.ago,
		"window":   window,
		"count":    words.Count,
		"event":    eventWords,
		"outside":  outside,
		"stated":   words.Seconds,
		"host":     host,
		"add":      func(a, b int) int { return a + b },
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
		pages[name] = template.Must(template.New(name).Funcs(funcs).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", file))
	}
	return pages
}
