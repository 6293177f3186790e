package ui_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

func TestTitleSaysPagePlaceAndFault(t *testing.T) {
	t.Parallel()
	head := &ui.SpaceHead{Name: "Démat. ADS"}
	cases := map[string]struct {
		page ui.Page
		want string
	}{
		"page":           {ui.Page{Title: "Accueil"}, "Accueil · Ruche"},
		"in a space":     {ui.Page{Title: "Blog", Head: head}, "Blog · Démat. ADS · Ruche"},
		"space's home":   {ui.Page{Title: "Démat. ADS", Head: head}, "Démat. ADS · Ruche"},
		"refused":        {ui.Page{Title: "Blog", Invalid: true}, "Erreur\u00a0: Blog · Ruche"},
		"without a name": {ui.Page{}, "Ruche"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := render(in(t, i18n.French), t, ui.Layout(c.page))
			if want := "<title>" + c.want + "</title>"; !strings.Contains(page, want) {
				t.Errorf("%q is not in the head", want)
			}
		})
	}
}

func TestThemeAndLanguageAreOnTheRoot(t *testing.T) {
	t.Parallel()
	dark := render(in(t, i18n.English), t, ui.Layout(ui.Page{Theme: "dark"}))
	if want := `<html lang="en" data-theme="dark">`; !strings.Contains(dark, want) {
		t.Errorf("no %s", want)
	}
	// A value that is none of the themes comes from a cookie and is not echoed.
	system := render(in(t, i18n.French), t, ui.Layout(ui.Page{Theme: "pink"}))
	if want := `<html lang="fr">`; !strings.Contains(system, want) {
		t.Errorf("no %s", want)
	}
}

func TestFrameOfThoseSignedInAndOut(t *testing.T) {
	t.Parallel()
	signedOut := render(in(t, i18n.French), t, ui.Layout(ui.Page{Title: "Aide"}))
	signedIn := render(in(t, i18n.French), t, ui.Layout(ui.Page{Title: "Aide", Me: &ui.Me{Name: "Hélène", Initials: "H"}}))
	for _, only := range []string{`id="rail"`, `action="/deconnexion"`, `action="/-/theme"`, `href="/compte"`} {
		if strings.Contains(signedOut, only) {
			t.Errorf("signed out, there is %s", only)
		}
		if !strings.Contains(signedIn, only) {
			t.Errorf("signed in, there is no %s", only)
		}
	}
	for _, page := range []string{signedOut, signedIn} {
		for _, always := range []string{`href="/accessibilite"`, "Accessibilité\u00a0: non conforme", `href="/mentions-legales"`, `href="/donnees-personnelles"`, `href="/contact"`, `href="/aide"`, `href="#contenu"`, `action="/-/langue"`} {
			if !strings.Contains(page, always) {
				t.Errorf("there is no %s", always)
			}
		}
	}
}

func TestAssetsAreNamedByTheContext(t *testing.T) {
	t.Parallel()
	ctx := ui.With(in(t, i18n.French), ui.Env{Asset: func(name string) string { return "/assets/x-" + name }})
	page := render(ctx, t, ui.Layout(ui.Page{Islands: []string{"blog/editor.js"}, Me: &ui.Me{}}))
	for _, want := range []string{`src="/assets/x-app.js"`, `href="/assets/x-app.css"`, `src="/assets/x-blog/editor.js"`, `href="/assets/x-sprite.svg#menu"`} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %s", want)
		}
	}
}

func TestFoldedRailNamesItsMarks(t *testing.T) {
	t.Parallel()
	page := render(in(t, i18n.French), t, ui.Layout(ui.Page{Me: &ui.Me{}, Rail: ui.Rail{Folded: true, Main: []ui.NavItem{{Icon: "house", Label: "Accueil", Href: "/"}}}}))
	for _, want := range []string{"app-folded", `aria-expanded="false"`, `title="Accueil"`} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %s", want)
		}
	}
}

func TestCommentsOpenTheirFormByALink(t *testing.T) {
	t.Parallel()
	thread := ui.Thread{Count: 1, Comments: []ui.Comment{{
		ID: "7", Author: ui.Face{Name: "Odile"}, HTML: "<p>Oui</p>", CanReply: true, ReplyHref: "?repondre=7#c-7",
	}}}
	page := render(in(t, i18n.French), t, ui.CommentThread(thread))
	for _, want := range []string{`id="c-7"`, `href="?repondre=7#c-7"`, `hx-target="#repondre-7"`, `id="repondre-7"`, "<p>Oui</p>", "1 commentaire"} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %s in %s", want, page)
		}
	}
	thread.Comments[0].Deleted = true
	if gone := render(in(t, i18n.French), t, ui.CommentThread(thread)); strings.Contains(gone, "Odile") || strings.Contains(gone, "<p>Oui</p>") {
		t.Error("a deleted comment still shows its author or its text")
	}
}

func TestChildrenStandInMain(t *testing.T) {
	t.Parallel()
	ctx := templ.WithChildren(in(t, i18n.French), ui.PageHead(ui.Heading{Title: "Titre"}))
	page := render(ctx, t, ui.Layout(ui.Page{}))
	_, main, _ := strings.Cut(page, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	if !strings.Contains(main, "<h1>Titre</h1>") {
		t.Error("the page is not in main")
	}
}
