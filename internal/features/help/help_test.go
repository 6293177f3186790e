package help_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"ruche/internal/features/help"
	"ruche/internal/kernel"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/logx"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// site serves the feature to a reader whose browser asks for a language.
func site(t *testing.T, contact string) func(path, lang string) (int, string) {
	t.Helper()
	catalog, err := i18n.New(i18n.French, web.Catalogue(), ui.Catalogue(), markup.Catalogue(), kernel.Catalogue(), help.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	h, err := help.New(help.Deps{
		Shell: frame.NewShell(nil, service.NewRegistry(nil), follow.NewSeen(nil, logx.Discard()), "Essai"), Catalog: catalog, Markup: markup.New(markup.Options{}), Contact: contact,
	})
	if err != nil {
		t.Fatal(err)
	}
	router := web.NewRouter(web.Options{BaseURL: "https://ruche.example"})
	router.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			words := catalog.Printer(catalog.Match(r.Header.Get("Accept-Language")), nil)
			next.ServeHTTP(w, r.WithContext(i18n.With(r.Context(), words)))
		})
	})
	h.Feature().Routes(router)
	return func(path, lang string) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		return w.Code, html.UnescapeString(w.Body.String())
	}
}

// TestGuideReadsFromPageToPage follows the guide from its list to its end, in
// both languages.
func TestGuideReadsFromPageToPage(t *testing.T) {
	t.Parallel()
	get := site(t, "")
	for lang, title := range map[string]string{"fr": "Premiers pas", "en": "First steps"} {
		status, list := get("/aide", lang)
		if status != http.StatusOK || !strings.Contains(list, title) {
			t.Fatalf("%s: status %d, want the list with %q: %s", lang, status, title, list)
		}
		pages := regexp.MustCompile(`href="(/aide/[^"]+)"`).FindAllStringSubmatch(list, -1)
		if len(pages) < 7 {
			t.Fatalf("%s: %d pages in the list, want 7 or more", lang, len(pages))
		}
		for n, page := range pages {
			status, body := get(page[1], lang)
			if status != http.StatusOK || strings.Count(body, "<h1") != 1 || !strings.Contains(body, `class="toc"`) {
				t.Errorf("%s %s: status %d, want one h1 and a table of contents", lang, page[1], status)
			}
			if n > 0 && !strings.Contains(body, `href="`+pages[n-1][1]+`" rel="prev"`) {
				t.Errorf("%s %s: does not lead back", lang, page[1])
			}
			if n < len(pages)-1 && !strings.Contains(body, `href="`+pages[n+1][1]+`" rel="next"`) {
				t.Errorf("%s %s: does not lead on", lang, page[1])
			}
		}
	}
}

func TestUnknownGuidePage(t *testing.T) {
	t.Parallel()
	get := site(t, "")
	for _, path := range []string{"/aide/99-rien", "/aide/01-premiers-pas.md", "/aide/..%2Fdoc"} {
		if status, _ := get(path, "fr"); status != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, status)
		}
	}
}

// TestLinksOfTheTexts follows every link from page to page of the feature.
func TestLinksOfTheTexts(t *testing.T) {
	t.Parallel()
	get := site(t, "aide@ruche.example")
	link := regexp.MustCompile(`href="(/(?:aide|accessibilite|mentions-legales|donnees-personnelles|contact)[^"#]*)`)
	seen := map[string]bool{}
	for _, lang := range []string{"fr", "en"} {
		todo := []string{"/aide", "/accessibilite", "/mentions-legales", "/donnees-personnelles", "/contact"}
		for len(todo) > 0 {
			path := todo[0]
			todo = todo[1:]
			if seen[lang+path] {
				continue
			}
			status, body := get(path, lang)
			if status != http.StatusOK {
				t.Errorf("%s %s: status %d", lang, path, status)
			}
			seen[lang+path] = true
			for _, m := range link.FindAllStringSubmatch(body, -1) {
				todo = append(todo, m[1])
			}
		}
	}
}

func TestPagesNameTheContact(t *testing.T) {
	t.Parallel()
	paths := []string{"/accessibilite", "/mentions-legales", "/donnees-personnelles", "/contact"}
	with, without := site(t, "aide@ruche.example"), site(t, "")
	for _, path := range paths {
		for lang, missing := range map[string]string{"fr": "elle n’est pas encore renseignée", "en": "not set yet"} {
			status, body := with(path, lang)
			if status != http.StatusOK || !strings.Contains(body, `href="mailto:aide@ruche.example"`) || strings.Contains(body, "{{") {
				t.Errorf("%s %s: status %d, want the address as a link: %s", lang, path, status, body)
			}
			if _, body := without(path, lang); !strings.Contains(body, missing) || strings.Contains(body, "{{") {
				t.Errorf("%s %s: does not say that no address is set", lang, path)
			}
		}
	}
}
