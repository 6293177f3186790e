package gallery

import (
	"time"

	"github.com/a-h/templ"

	"ruche/internal/ui"
)

// Sample is one page to look at.
type Sample struct {
	// Name is a word for an address.
	Name, Title string
	Page        templ.Component
}

// Samples returns the pages, the one of all the components first.
func Samples() []Sample {
	return []Sample{
		{"composants", "Composants", Page()},
		{"connexion", "Connexion", signIn(false)},
		{"connexion-erreur", "Connexion refusée", signIn(true)},
		{"accueil", "Accueil", home()},
		{"espace", "Accueil d’un espace", spaceHome()},
		{"billet", "Billet", post()},
		{"formulaire", "Formulaire", form(false)},
		{"formulaire-erreur", "Formulaire refusé", form(true)},
		{"membres", "Membres", members()},
		{"espace-vide", "Espace vide", emptySpace()},
		{"erreur", "Page introuvable", notFound()},
		{"visiteur", "Page publique", public()},
	}
}

// then is the day before the day of the samples, at 15:20 in Paris.
func then() time.Time { return time.Date(2026, time.November, 23, 14, 20, 0, 0, time.UTC) }

func claire() ui.Face {
	return ui.Face{Name: "Claire Morvan", Initials: "CM", Hue: 3, Href: "#"}
}
func samir() ui.Face  { return ui.Face{Name: "Samir Haddad", Initials: "SH", Hue: 7, Href: "#"} }
func odile() ui.Face  { return ui.Face{Name: "Odile Chauvin", Initials: "OC", Hue: 4, Href: "#"} }
func maelle() ui.Face { return ui.Face{Name: "Maëlle Le Goff", Initials: "ML", Hue: 10} }
func bruno() ui.Face {
	return ui.Face{Name: "Bruno Castel", Initials: "BC", Hue: 8, External: true, Organisation: "Ville de Lyon", Href: "#"}
}

func me() *ui.Me {
	return &ui.Me{Name: "Hélène Garnier", Initials: "HG", Email: "helene.garnier@exemple.gouv.fr", Organisation: "DDTM de la Manche", Hue: 1}
}

func rail(current string) ui.Rail {
	return ui.Rail{
		Main: []ui.NavItem{
			{Icon: "house", Label: "Accueil", Href: "#", Current: current == "accueil"},
			{Icon: "message-circle", Label: "Messages", Href: "#", Count: 2},
			{Icon: "calendar", Label: "Agenda", Href: "#"},
			{Icon: "circle-check", Label: "Mes tâches", Href: "#"},
		},
		Favourites: []ui.SpaceItem{
			{Name: "Démat. ADS", Href: "#", Initials: "DA", Hue: 3, Kind: "community", Current: current == "espace"},
			{Name: "Refonte du portail", Href: "#", Initials: "RP", Hue: 1, Kind: "project"},
		},
		Communities: []ui.SpaceItem{
			{Name: "Accessibilité numérique", Href: "#", Initials: "AN", Hue: 11, Kind: "community", Unread: true},
			{Name: "Managers de proximité", Href: "#", Initials: "MP", Hue: 8, Kind: "community"},
		},
		Projects: []ui.SpaceItem{
			{Name: "Cité administrative, lot 2 et ses aménagements extérieurs", Href: "#", Initials: "CA", Hue: 7, Kind: "project", Unread: true},
		},
		More: []ui.NavItem{
			{Icon: "layout-grid", Label: "Tous les espaces", Href: "#", Current: current == "espaces"},
			{Icon: "users", Label: "Annuaire", Href: "#"},
			{Icon: "life-buoy", Label: "Aide", Href: "#"},
		},
	}
}

func page(title, current string) ui.Page {
	return ui.Page{Title: title, Instance: "Services de Normandie", Me: me(), Rail: rail(current), Current: "/-/composants"}
}

func inSpace(title string, head ui.SpaceHead) ui.Page {
	p := page(title, "espace")
	p.Head = &head
	return p
}

func spaceHead(tab string, big bool) ui.SpaceHead {
	h := ui.SpaceHead{
		Name: "Démat. ADS", Href: "#", Initials: "DA", Hue: 3, Kind: "community", Visibility: "private",
		Purpose: "Le réseau de celles et ceux qui instruisent, déploient et accompagnent la dématérialisation des autorisations d’urbanisme en Normandie.",
		Members: 148, Faces: []ui.Face{claire(), samir(), maelle(), odile()}, MembersHref: "#",
		CanInvite: true, InviteHref: "#", Big: big,
	}
	for _, label := range []string{"Accueil", "Blog", "Wiki", "FAQ", "Discussions", "Documents", "Agenda", "Sondages", "Membres", "Réglages"} {
		t := ui.Tab{Label: label, Href: "#", Current: label == tab}
		if label == "Discussions" {
			t.Count = 3
		}
		h.Tabs = append(h.Tabs, t)
	}
	return h
}

func posts() []ui.Post {
	return []ui.Post{
		{
			Kicker: "Déploiement", KickerHref: "#", KickerHue: 3, Big: true, Href: "#",
			Title:   "Le guichet s’ouvre aux déclarations préalables le 1er décembre",
			Excerpt: "Vingt-trois communes rejoignent les huit pilotes. Ce qui change pour les instructeurs, ce qui ne change pas pour les demandeurs, et qui appeler la première semaine.",
			By:      ui.By{Author: claire(), Time: then(), Notes: []string{"12 commentaires"}}, New: true,
		},
		{
			Kicker: "Retour de terrain", KickerHue: 7, Href: "#",
			Title:   "«\u00a0On a arrêté d’imprimer les plans au bout d’un mois\u00a0»",
			Excerpt: "À Saint-Lô, trois instructeurs racontent leur passage à l’écran double, les plans annotés et la question des grands formats.",
			By:      ui.By{Author: samir(), Time: then().AddDate(0, 0, -4), Notes: []string{"8 commentaires"}},
		},
		{
			Title: "Ce que dit le décret sur l’accusé de réception électronique", Href: "#",
			Excerpt: "Trois cas fréquents, la réponse courte, la réponse longue et les modèles de courrier à jour.",
			By:      ui.By{Author: bruno(), Time: then().AddDate(0, 0, -7), Notes: []string{"21 commentaires"}},
			Badges:  []ui.BadgeView{{Label: "Brouillon", Icon: "pencil", Tone: ui.Warning}},
		},
	}
}

func thread() ui.Thread {
	helene := me().Face()
	return ui.Thread{
		Count: 5,
		Order: &ui.Link{Label: "Plus récents d’abord", Href: "#"},
		Comments: []ui.Comment{
			{
				ID: "1", Author: odile(), Time: then().Add(38 * time.Minute), CanReply: true, ReplyHref: "?repondre=1#c-1",
				HTML: specimen("<p>Merci pour l’affiche. Peut-on la modifier pour y mettre nos horaires ? Chez nous l’urbanisme reçoit seulement le mardi et le jeudi.</p>"),
				Replies: []ui.Comment{
					{
						ID: "2", Author: claire(), Badge: "Animation", Time: then().Add(50 * time.Minute), CanReply: true, ReplyHref: "?repondre=2#c-2",
						HTML: specimen(`<p>Oui, la version modifiable est dans le dossier, fichier <a href="#">Affiche accueil.odt</a>. Dites-moi si la zone blanche suffit pour vos horaires.</p>`),
						Menu: []ui.MenuItem{{Label: "Modifier", Icon: "pencil", Href: "#"}, {Label: "Mettre à la corbeille", Icon: "trash-2", Post: "#", Danger: true}},
					},
					{
						ID: "3", Author: odile(), Time: then().Add(71 * time.Minute), Edited: then().Add(2 * time.Hour), CanReply: true, ReplyHref: "?repondre=3#c-3",
						HTML: specimen("<p>Parfait, elle suffit.</p>"),
						Reply: &ui.Compose{
							Action: "#", Part: "commentaires", ID: "answer-3", Label: "Votre réponse", Submit: "Répondre",
							Hidden: map[string]string{"parent": "3"}, Cancel: &ui.Link{Label: "Annuler", Href: "#"},
						},
					},
				},
			},
			{ID: "4", Deleted: true},
			{
				ID: "5", Author: bruno(), Time: then().Add(17 * time.Hour), New: true, CanReply: true, ReplyHref: "?repondre=5#c-5",
				HTML: specimen("<p>Côté éditeur, la mise à jour qui accepte les déclarations préalables est livrée le 27. Il faudra relancer le connecteur après l’installation, dans cet ordre.</p>"),
			},
		},
		More:     &ui.Link{Label: "Voir les 7 autres commentaires", Href: "#"},
		Composer: &ui.Compose{Action: "#", Part: "commentaires", Label: "Votre commentaire", Submit: "Commenter", Me: &helene},
	}
}

// specimen stands for what platform/markup gives.
func specimen(html string) ui.HTML { return ui.HTML(html) }
