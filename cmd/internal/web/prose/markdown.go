package prose

import (
	"bytes"
	"html/template"
	"net/url"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxMarkdown is the longest text that is rendered, in bytes. A longer one is shown as it is. It bounds what a
// vendor's text can cost.
const maxMarkdown = 64 << 10

// Markdown turns a vendor's Markdown into harmless HTML: tags in it are shown as text, links lead only to http,
// https and mailto addresses, and a picture becomes a link to it, because to show it would send a request to a
// server of the vendor's choice. base is the page that relative links are relative to.
func Markdown(source, base string) template.HTML {
	if len(source) > maxMarkdown {
		return asItIs(source)
	}
	key := [2]string{source, base}
	text, ok := lately.get(key)
	if !ok {
		text = render(source, base)
		lately.put(key, text)
	}
	return text
}

// lately are texts that were rendered.
var lately rendered

// asItIs is a text as one paragraph, as it was written.
func asItIs(source string) template.HTML {
	return template.HTML("<p>" + template.HTMLEscapeString(source) + "</p>")
}

func render(source, base string) template.HTML {
	address, err := url.Parse(base)
	if err != nil {
		address = &url.URL{}
	}
	// A converter for each text, because it holds the base. Making it is cheap compared to using it.
	converter := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(tamer{address}, 1000))),
		goldmark.WithRendererOptions(html.WithHardWraps(),
			renderer.WithNodeRenderers(util.Prioritized(rawAsText{}, 1))),
	)
	var b bytes.Buffer
	if err := converter.Convert([]byte(source), &b); err != nil {
		return asItIs(source)
	}
	return template.HTML(b.String())
}

// tamer makes the parsed text harmless.
type tamer struct{ base *url.URL }

// Transform turns pictures into links, removes links that do not lead to a web page, and lowers headings below
// those of our own page.
func (t tamer) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var links, images []ast.Node
	// The walk fails only if the function does.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(6, n.Level+3)
		case *ast.Link:
			links = append(links, n)
		case *ast.Image:
			images = append(images, n)
		case *ast.AutoLink:
			n.SetAttributeString("rel", []byte("noopener noreferrer nofollow"))
		}
		return ast.WalkContinue, nil
	})
	for _, n := range images {
		link := ast.NewLink()
		link.Destination = n.(*ast.Image).Destination
		link.AppendChild(link, ast.NewString([]byte("picture: ")))
		if n.HasChildren() {
			for c := n.FirstChild(); c != nil; c = n.FirstChild() {
				link.AppendChild(link, c)
			}
		} else {
			link.AppendChild(link, ast.NewString(link.Destination))
		}
		n.Parent().ReplaceChild(n.Parent(), n, link)
		links = append(links, link)
	}
	for _, n := range links {
		t.tame(n.(*ast.Link))
	}
}

func (t tamer) tame(link *ast.Link) {
	// Read the address as the renderer would write it, so that no escape hides a scheme.
	plain := util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(link.Destination)))
	to, err := url.Parse(string(plain))
	if err == nil {
		to = t.base.ResolveReference(to)
	}
	if err != nil || to.Scheme != "mailto" && (to.Scheme != "http" && to.Scheme != "https" || to.Host == "") {
		parent := link.Parent()
		for c := link.FirstChild(); c != nil; c = link.FirstChild() {
			parent.InsertBefore(parent, link, c)
		}
		parent.RemoveChild(parent, link)
		return
	}
	link.Destination = []byte(to.String())
	link.SetAttributeString("rel", []byte("noopener noreferrer nofollow"))
}

// rawAsText shows the tags of a text instead of dropping them: the vendor's words are kept.
type rawAsText struct{}

// RegisterFuncs replaces the renderers of raw HTML.
func (rawAsText) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	write := func(w util.BufWriter, source []byte, lines *text.Segments) {
		for n := range lines.Len() {
			line := lines.At(n)
			template.HTMLEscape(w, line.Value(source))
		}
	}
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (
		ast.WalkStatus, error) {
		if entering {
			write(w, source, n.(*ast.RawHTML).Segments)
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (
		ast.WalkStatus, error) {
		block := n.(*ast.HTMLBlock)
		if entering {
			_, _ = w.WriteString("<p>")
			write(w, source, block.Lines())
			if block.HasClosure() {
				template.HTMLEscape(w, block.ClosureLine.Value(source))
			}
			_, _ = w.WriteString("</p>\n")
		}
		return ast.WalkContinue, nil
	})
}
