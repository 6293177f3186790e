package people

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

//go:embed migrations catalogue demo/people.json
var files embed.FS

// Limiter counts attempts, over all nodes; *limit.Limiter is one. It tells
// whether one more attempt of key is within most per period, and if not, after
// how long it will be.
type Limiter interface {
	Allow(ctx context.Context, name, key string, most int, per time.Duration) (bool, time.Duration, error)
	Reset(ctx context.Context, name, key string) error
}

// Deps is what the feature stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Shell   *frame.Shell
	Hasher  *account.Hasher
	Vault   *account.Vault
	Limiter Limiter
	Mail    *mail.Outbox
	Outbox  *activity.Outbox
	Catalog *i18n.Catalog
	// BaseURL is RUCHE_URL, without a slash at its end; links in mails start
	// with it.
	BaseURL string
	// Instance is the name of the organisation, shown in mails.
	Instance string
	// AgentDomains are the mail domains of public agents, in ASCII.
	AgentDomains []string
	// Location is the zone in which times are written; nil means UTC.
	Location *time.Location
	// Demo shows the demonstration's accounts to whoever signs in, and lets administrators
	// be without a second factor. Such an instance answers on a loopback address only.
	Demo bool
}

// People are the use cases and the pages of accounts.
type People struct {
	Deps
	domains []string
	behind  *behind
	// fail answers with the page of an error; Routes sets it from the router.
	fail func(w http.ResponseWriter, r *http.Request, err error)
}

// New returns the feature and registers the recheck of its mails.
func New(d Deps) *People {
	p := &People{Deps: d, behind: newBehind()}
	p.BaseURL = strings.TrimSuffix(d.BaseURL, "/")
	if p.Location == nil {
		p.Location = time.UTC
	}
	for _, domain := range d.AgentDomains {
		p.domains = append(p.domains, strings.ToLower(strings.TrimSpace(domain)))
	}
	p.fail = func(w http.ResponseWriter, _ *http.Request, err error) {
		status := web.StatusOf(fault.KindOf(err))
		http.Error(w, http.StatusText(status), status)
	}
	d.Mail.Recheck(mailPassword, p.mayWrite)
	d.Mail.Recheck(mailFactor, p.mayWrite)
	d.Mail.Recheck(mailEnding, p.mayWrite)
	return p
}

// Feature is what the composition root registers.
func (p *People) Feature() service.Feature {
	return service.Feature{
		Name:       "people",
		Migrations: folder("migrations"),
		Catalogue:  folder("catalogue"),
		Tables:     []service.Table{{Name: "people_password_links", Class: service.Secret}},
		Routes:     p.routes,
		Demo:       loadDemo,
	}
}

func (p *People) routes(r *web.Router) {
	p.fail = r.Fail
	public, signedIn := web.Gate{Action: "public"}, web.Gate{Action: "signed_in"}

	r.Handle("GET", "/connexion", public, p.showSignIn)
	r.Handle("POST", "/connexion", public, p.postSignIn)
	r.Handle("GET", codePath, public, p.showCode)
	r.Handle("POST", codePath, public, p.postCode)
	r.Handle("POST", "/deconnexion", public, p.postSignOut)
	r.Handle("GET", "/mot-de-passe-oublie", public, p.showForgotten)
	r.Handle("POST", "/mot-de-passe-oublie", public, p.postForgotten)
	r.Handle("GET", "/mot-de-passe/{token}", public, p.showReset)
	r.Handle("POST", "/mot-de-passe/{token}", public, p.postReset)
	r.Handle("POST", "/-/theme", public, p.postTheme)
	r.Handle("POST", frame.WritingPath, web.Gate{Action: "signed_in"}, frame.Signed(p.postWriting))
	r.Handle("POST", "/-/langue", public, p.postLanguage)

	r.Handle("GET", "/compte", signedIn, frame.Signed(p.showProfile))
	r.Handle("POST", "/compte", signedIn, frame.Signed(p.postProfile))
	r.Handle("GET", "/compte/mot-de-passe", signedIn, frame.Signed(p.showPassword))
	r.Handle("POST", "/compte/mot-de-passe", signedIn, frame.Signed(p.postPassword))
	r.Handle("GET", frame.DirectoryPath, web.Gate{Action: "people.directory"}, frame.Signed(p.showDirectory))
	r.Handle("GET", frame.ExternalsPath, web.Gate{Action: "people.externals"}, frame.Signed(p.showExternals))
	r.Handle("POST", frame.ExternalsPath, web.Gate{Action: "people.externals"}, frame.Signed(p.postExternals))
	r.Handle("GET", frame.PeoplePath+"{account}", web.Gate{Action: "people.know"}, frame.Signed(p.showPerson))
	r.Handle("GET", ui.FactorPath, signedIn, frame.Signed(p.showFactor))
	r.Handle("POST", ui.FactorPath, signedIn, frame.Signed(p.postFactor))
	r.Handle("POST", ui.FactorPath+"/confirmer", signedIn, frame.Signed(p.postConfirm))
	r.Handle("POST", ui.FactorPath+"/codes", signedIn, frame.Signed(p.postCodes))
	r.Handle("POST", ui.FactorPath+"/retirer", signedIn, frame.Signed(p.postRemove))
	r.Handle("GET", "/compte/sessions", signedIn, frame.Signed(p.showSessions))
	r.Handle("POST", "/compte/sessions/{id}/fermer", signedIn, frame.Signed(p.postEndSession))
	r.Handle("POST", "/compte/sessions/-/fermer-les-autres", signedIn, frame.Signed(p.postEndOthers))
}

// ClassOf tells what somebody is by a proven mailbox: an agent when the domain
// is exactly one of the agents' domains, an external otherwise. A sub-domain of
// one of them is another domain.
func (p *People) ClassOf(email string) account.Class {
	address, err := mail.ParseAddress(email)
	if err != nil {
		return account.External
	}
	at := strings.LastIndexByte(address.Email, '@')
	if slices.Contains(p.domains, address.Email[at+1:]) {
		return account.Agent
	}
	return account.External
}

// Drain waits until what was left to do behind the requests is done, or ctx
// ends. The program calls it after the last request and before it closes the
// database.
func (p *People) Drain(ctx context.Context) { p.behind.drain(ctx) }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(fmt.Sprintf("people: no folder %q: %v", name, err)) // the name is a constant
	}
	return sub
}
