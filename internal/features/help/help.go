package help

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"

	"ruche/docs"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
)

//go:embed catalogue
var files embed.FS

// Deps is what the feature stands on.
type Deps struct {
	Shell   *frame.Shell
	Catalog *i18n.Catalog
	Markup  *markup.Renderer
	// Contact is the mailbox of whoever runs the instance, shown on the pages;
	// empty when none is set, which the pages then say.
	Contact string
}

// Help are the pages.
type Help struct {
	shell *frame.Shell
	// guide and pages are by language, in the order of reading.
	guide, pages map[string]shelf
}

// New renders the texts. An error is a text of the program that can't be
// rendered.
func New(d Deps) (*Help, error) {
	h := &Help{shell: d.Shell, guide: map[string]shelf{}, pages: map[string]shelf{}}
	for _, lang := range []string{i18n.French, i18n.English} {
		words := d.Catalog.Printer(lang, nil)
		render := d.Markup.In(words)
		contact := words.T("help.contact.none")
		if d.Contact != "" {
			contact = "[" + d.Contact + "](mailto:" + d.Contact + ")"
		}
		var err error
		if h.guide[lang], err = readShelf(docs.Guide(), lang, render, contact); err != nil {
			return nil, err
		}
		if h.pages[lang], err = readShelf(docs.Pages(), lang, render, contact); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Catalogue returns the words of the feature. The composition root needs them
// before New, which renders the texts in both languages.
func Catalogue() fs.FS {
	words, err := fs.Sub(files, "catalogue")
	if err != nil {
		panic(fmt.Sprintf("help: no catalogue: %v", err)) // the name is a constant
	}
	return words
}

// Feature is what the composition root registers.
func (h *Help) Feature() service.Feature {
	return service.Feature{Name: "help", Catalogue: Catalogue(), Routes: h.routes}
}

func (h *Help) routes(r *web.Router) {
	public := web.Gate{Action: "public"}
	r.Handle("GET", "/aide", public, h.showGuide)
	r.Handle("GET", "/aide/{page}", public, h.showGuidePage)
	for _, name := range []string{"accessibilite", "mentions-legales", "donnees-personnelles", "contact"} {
		r.Handle("GET", "/"+name, public, h.showPage(name))
	}
}

func (h *Help) showGuide(w http.ResponseWriter, r *http.Request) error {
	words := i18n.From(r.Context())
	return h.shell.Render(w, r, http.StatusOK, frame.Page{Title: words.T("help.title")}, guideIndex(h.guide[words.Lang()]))
}

func (h *Help) showGuidePage(w http.ResponseWriter, r *http.Request) error {
	guide := h.guide[i18n.From(r.Context()).Lang()]
	n := guide.find(r.PathValue("page"))
	if n < 0 {
		return fault.NotFoundError()
	}
	return h.shell.Render(w, r, http.StatusOK, frame.Page{Title: guide[n].Title}, guidePage(guide, n))
}

func (h *Help) showPage(name string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		pages := h.pages[i18n.From(r.Context()).Lang()]
		n := pages.find(name)
		if n < 0 {
			return fault.NotFoundError()
		}
		return h.shell.Render(w, r, http.StatusOK, frame.Page{Title: pages[n].Title}, textPage(pages[n], nil))
	}
}
