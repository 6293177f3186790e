package gallery

import (
	"github.com/a-h/templ"

	"ruche/internal/ui"
)

func withFlash(p ui.Page) ui.Page {
	p.Flash = &ui.Notice{Tone: ui.Success, Text: "Le billet est publié.", Link: &ui.Link{Label: "Le voir", Href: "#"}}
	return p
}

func emailOf(wrong bool) string {
	if wrong {
		return "helene.garnier@exemple.gouv.fr"
	}
	return ""
}

func errorOf(wrong bool, text string) string {
	if wrong {
		return text
	}
	return ""
}

func memberColumns() []ui.Column {
	return []ui.Column{{Label: "Membre"}, {Label: "Rôle"}, {Label: "Depuis"}, {Label: "Actions", Hidden: true}}
}

func proseSpecimen() ui.HTML {
	return specimen(`<p>Depuis mars, huit communes reçoivent leurs permis de construire par le guichet. Le bilan présenté au comité du 12 novembre est bon : neuf dossiers sur dix arrivent au complet, contre six sur dix au papier.</p>
<h2 id="t-change">Ce qui change le 1<sup>er</sup> décembre</h2>
<p>Le demandeur choisit sa commune, répond à quelques questions, et le guichet lui indique les pièces à joindre. Voir <a href="https://exemple.fr/">le déroulé complet</a> et la commande <code>guichet ouvrir</code>.</p>
<h3 id="t-delai">Les délais</h3>
<div class="tablewrap" tabindex="0" role="region" aria-label="Tableau 1"><table class="prose-table"><thead><tr><th scope="col">Type de dossier</th><th scope="col" class="n">Papier</th><th scope="col" class="n">Guichet</th><th scope="col">Ouverture</th></tr></thead><tbody><tr><td>Permis de construire, maison</td><td class="n">2</td><td class="n">2</td><td>depuis mars</td></tr><tr><td>Déclaration préalable</td><td class="n">1</td><td class="n">1</td><td><strong>1<sup>er</sup> décembre</strong></td></tr></tbody></table></div>
<div class="callout info" role="note"><div><strong class="callout-title">À retenir</strong><p>Le canal ne modifie ni la durée ni le point de départ du délai.</p></div></div>
<div class="callout warn" role="note"><div><strong class="callout-title">Attention</strong><p>Gardez l’accusé électronique au dossier.</p></div></div>
<div class="callout ok" role="note"><div><strong class="callout-title">Conseil</strong><p>Imprimez l’affiche en couleur.</p></div></div>
<ul class="tasks"><li class="task done"><span class="vh">Fait : </span>prévenir les mairies</li><li class="task"><span class="vh">À faire : </span>relire l’affiche</li></ul>
<blockquote><p>On a arrêté d’imprimer les plans au bout d’un mois.</p></blockquote>
<h2 id="t-qui">Qui appeler la première semaine</h2>
<ul><li>désigner deux personnes qui reçoivent les alertes ;</li><li>vérifier l’adresse fonctionnelle affichée au public ;</li><li>imprimer l’affiche d’accueil.</li></ul>
<pre tabindex="0"><code>guichet ouvrir --commune saint-lo</code></pre>`)
}

func on() *bool {
	yes := true
	return &yes
}

func disabled() templ.Attributes { return templ.Attributes{"disabled": true} }

func faceOf(f ui.Face) *ui.Face { return &f }

func archived(h ui.SpaceHead) ui.SpaceHead {
	h.Archived = true
	return h
}
