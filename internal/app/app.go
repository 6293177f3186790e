package app

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	auditpage "ruche/internal/features/audit"
	"ruche/internal/features/blog"
	"ruche/internal/features/help"
	"ruche/internal/features/home"
	"ruche/internal/features/items"
	"ruche/internal/features/notifications"
	"ruche/internal/features/people"
	"ruche/internal/features/spaces"
	"ruche/internal/kernel"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/audit"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/revision"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/blob"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/config"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
	"ruche/internal/platform/limit"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/realtime"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
	"ruche/internal/ui/gallery"
	assets "ruche/web"
)

// Options is what an App is made of.
type Options struct {
	Config config.Config
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	Hasher *account.Hasher
	// Secret is at least 32 bytes, from which keys are derived.
	Secret []byte
	// Metrics counts requests; nil counts nothing.
	Metrics *web.Metrics
	// Demo tells people of the demonstration's accounts; Dev serves the page of
	// components.
	Demo, Dev bool
}

// NewAccount is what an administrator gives for a person's account.
type NewAccount = people.NewAccount

// AccessChange is a change of the access of an external by the operator's hand.
type AccessChange = people.Change

// App is the whole program but its sockets.
type App struct {
	Options
	People        *people.People
	Mail          *mail.Outbox
	Queue         *jobs.Queue
	Limiter       *limit.Limiter
	Catalog       *i18n.Catalog
	Router        *web.Router
	Registry      *service.Registry
	Live          *realtime.Hub
	Seen          *follow.Seen
	Attach        *attach.Attachments
	Audit         *audit.Log
	outbox        *activity.Outbox
	remarks       *remark.Remarks
	items         *items.Items
	notifications *notifications.Notifications
	features      []service.Feature
}

// New puts the program together. It opens the folder of files and touches neither
// the database nor the network: Migrate comes next.
func New(o Options) (*App, error) {
	a := &App{Options: o, Catalog: &i18n.Catalog{}, Registry: service.NewRegistry(nil)}
	store, err := blob.Open(filepath.Join(o.Config.DataDir, "files"))
	if err != nil {
		return nil, err
	}
	a.Attach = attach.New(o.DB, o.Clock, store, int64(o.Config.MaxUpload)*1_000_000)
	a.Seen = follow.NewSeen(o.DB, o.Log)
	a.Queue = jobs.New(o.DB, o.Clock, o.Log)
	a.Limiter = limit.New(o.DB, o.Clock)
	a.Mail, err = mail.New(o.DB, o.Clock, a.Queue, mail.Config{SMTPURL: o.Config.SMTPURL, From: o.Config.Sender()})
	if err != nil {
		return nil, fmt.Errorf("setting mail up: %w", err)
	}
	if err := a.assemble(); err != nil {
		return nil, err
	}
	a.periodic()
	return a, a.mount()
}

// assemble makes the features. Each is one entry of the list: without it, the
// feature does not exist.
func (a *App) assemble() error {
	c := a.Config
	shell := frame.NewShell(a.DB, a.Registry, a.Seen, c.InstanceName)
	outbox := activity.New(a.DB, a.Clock, a.Queue)
	a.outbox = outbox
	a.remarks = remark.New(a.DB, a.Clock, outbox)
	a.Audit = audit.New(a.DB)
	outbox.Subscribe("audit", a.Audit.Record, audited()...)
	if err := a.listen(outbox); err != nil {
		return err
	}
	stops, err := notice.NewStopper(a.Secret)
	if err != nil {
		return err
	}
	vault, err := account.NewVault(a.Secret)
	if err != nil {
		return err
	}
	render, editor := markup.New(markup.Options{BaseURL: c.URL}), markup.NewEditor()
	registry := func() *service.Registry { return a.Registry }

	a.People = people.New(people.Deps{
		DB: a.DB, Clock: a.Clock, Log: a.Log, Shell: shell, Hasher: a.Hasher, Vault: vault, Limiter: a.Limiter, Mail: a.Mail, Outbox: outbox, Catalog: a.Catalog,
		BaseURL: c.URL, Instance: c.InstanceName, AgentDomains: c.AgentDomains, Location: c.Timezone, Demo: a.Demo,
	})
	a.items = items.New(items.Deps{Attach: a.Attach, DB: a.DB, Clock: a.Clock, Log: a.Log, Shell: shell, Outbox: outbox, Remarks: a.remarks, Markup: render, Editor: editor, Registry: registry, Tables: a.Tables,
		Mail: a.Mail, Catalog: a.Catalog, BaseURL: c.URL, Instance: c.InstanceName, Location: c.Timezone, Stops: stops})
	a.notifications = notifications.New(notifications.Deps{DB: a.DB, Clock: a.Clock, Seen: a.Seen, Shell: shell, Markup: render,
		Mail: a.Mail, Catalog: a.Catalog, BaseURL: c.URL, Instance: c.InstanceName, Location: c.Timezone, Stops: stops})
	a.features = []service.Feature{
		a.People.Feature(),
		spaces.New(spaces.Deps{
			DB: a.DB, Clock: a.Clock, Shell: shell, Registry: registry, Outbox: outbox, Mail: a.Mail, Markup: render, Hasher: a.Hasher,
			Limiter: a.Limiter, ClassOf: a.People.ClassOf, BaseURL: c.URL, Instance: c.InstanceName,
			Catalog: a.Catalog, Location: c.Timezone,
		}).Feature(),
		blog.New(blog.Deps{DB: a.DB, Clock: a.Clock, Seen: a.Seen, Shell: shell, Outbox: outbox, Markup: render, Editor: editor, Attach: a.Attach, Registry: registry, Mail: a.Mail, Catalog: a.Catalog, BaseURL: c.URL, Instance: c.InstanceName, Location: c.Timezone}).Feature(),
		home.New(home.Deps{DB: a.DB, Clock: a.Clock, Shell: shell, Markup: render, Registry: registry}).Feature(),
		a.items.Feature(),
		a.notifications.Feature(),
		auditpage.New(auditpage.Deps{DB: a.DB, Shell: shell, Outbox: outbox, Kinds: audited()}).Feature(),
	}
	words := []fs.FS{ui.Catalogue(), web.Catalogue(), mail.Catalogue(), markup.Catalogue(), kernel.Catalogue(), help.Catalogue()}
	for _, f := range a.features {
		if f.Catalogue != nil {
			words = append(words, f.Catalogue)
		}
	}
	catalog, err := i18n.New(i18n.French, words...)
	if err != nil {
		return fmt.Errorf("reading the catalogues: %w", err)
	}
	*a.Catalog = *catalog
	pages, err := help.New(help.Deps{Shell: shell, Catalog: a.Catalog, Markup: render, Contact: a.Config.Contact})
	if err != nil {
		return fmt.Errorf("rendering the guide: %w", err)
	}
	a.features = append(a.features, pages.Feature())
	*a.Registry = *service.NewRegistry(a.features)
	a.Router = a.router(shell)
	return nil
}

func (a *App) router(shell *frame.Shell) *web.Router {
	rt := web.NewRouter(web.Options{
		Log: a.Log, Clock: a.Clock, BaseURL: a.Config.URL, Secret: a.Secret, TrustedProxies: a.Config.TrustedProxies,
		ErrorPage: shell.Failure, Metrics: a.Metrics,
	})
	return rt
}

// mount registers every route.
func (a *App) mount() error {
	dist, err := assets.Dist()
	if err != nil {
		return fmt.Errorf("reading the assets: %w", err)
	}
	files, err := web.NewAssets(dist)
	if err != nil {
		return err
	}
	theme, err := a.mountTheme()
	if err != nil {
		return err
	}
	a.Router.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			env := ui.Env{Asset: files.Asset, Theme: theme, Now: a.Clock.Now()}
			next.ServeHTTP(w, r.WithContext(ui.With(r.Context(), env)))
		})
	})
	a.Router.Use(a.People.Identify)
	public := web.Gate{Action: "public"}
	a.Router.Handle("GET", web.AssetsPath+"{path...}", public, files.Serve, web.Quiet())
	a.Router.Handle("GET", "/healthz", public, web.Healthy, web.Quiet())
	a.Router.Handle("GET", "/readyz", public, web.Ready(a.Log, web.Check{Name: "database", Run: a.DB.Ping}), web.Quiet())
	if a.Dev {
		a.Router.Handle("GET", "/-/composants", public, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, http.StatusOK, gallery.Page())
		})
	}
	a.mountLive()
	for _, f := range a.features {
		if f.Routes != nil {
			f.Routes(a.Router)
		}
	}
	return nil
}

// periodic registers the housekeeping.
func (a *App) periodic() {
	a.Queue.Every("account.sessions", time.Hour, func(ctx context.Context) error {
		for {
			var gone int64
			err := a.DB.Write(db.Background(ctx), func(tx *db.Tx) (err error) {
				gone, err = account.SweepSessions(ctx, tx, a.Clock.Now())
				return err
			})
			if err != nil || gone < account.SweptSessions {
				return err
			}
		}
	})
	a.Queue.Every("space.words", time.Hour, func(ctx context.Context) error {
		const some = 200
		for more := true; more; {
			err := a.DB.Write(db.Background(ctx), func(tx *db.Tx) (err error) {
				more, err = space.IndexMissing(ctx, tx, some)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	a.Queue.Every("activity.sweep", time.Hour, a.outbox.Sweep)
	a.Queue.Every("notice.sweep", 24*time.Hour, func(ctx context.Context) error { return notice.Sweep(ctx, a.DB, a.Clock.Now()) })
	a.Queue.Every("notice.digest", 5*time.Minute, a.notifications.Digest)
	a.Queue.Every("account.ending", time.Hour, a.People.WarnEnding)
	a.Queue.Every("db.optimize", 24*time.Hour, func(ctx context.Context) error { return a.DB.Optimize(db.Background(ctx)) })
	a.Queue.Every("jobs.sweep", 24*time.Hour, a.Queue.Sweep)
	a.Queue.Every("content.publish", 30*time.Second, a.items.PublishDue)
	a.Queue.Every("content.purge", time.Hour, a.items.PurgeExpired)
	a.Queue.Every("attach.sweep", time.Hour, func(ctx context.Context) error { return a.Attach.Sweep(ctx, a.references()) })
	a.Queue.Every("revision.drafts", time.Hour, func(ctx context.Context) error {
		now := a.Clock.Now()
		return a.DB.Write(db.Background(ctx), func(tx *db.Tx) error { return revision.Sweep(ctx, tx, now) })
	})
	a.Queue.Every("limit.sweep", time.Hour, func(ctx context.Context) error {
		return a.Limiter.Sweep(db.Background(ctx))
	})
}

// references are the columns of the schema that refer to kept files.
func (a *App) references() (out []attach.Reference) {
	for _, t := range a.Tables() {
		for _, column := range t.Blobs {
			out = append(out, attach.Reference{Table: t.Name, Column: column})
		}
	}
	return out
}

// Sets lists every room's migrations.
func (a *App) Sets() []db.MigrationSet {
	sets := []db.MigrationSet{
		{Name: "jobs", FS: jobs.Migrations()}, {Name: "mail", FS: mail.Migrations()}, {Name: "limit", FS: limit.Migrations()},
		{Name: "kernel", FS: kernel.Migrations()},
	}
	for _, f := range a.features {
		if f.Migrations != nil {
			sets = append(sets, db.MigrationSet{Name: f.Name, FS: f.Migrations})
		}
	}
	return sets
}

// Migrate brings the database to this program's schema, and refuses one that a
// newer program made.
func (a *App) Migrate(ctx context.Context) error {
	if err := a.DB.CheckSchema(ctx, a.Sets()); err != nil {
		return err
	}
	if err := a.DB.Migrate(ctx, a.Sets()); err != nil {
		return err
	}
	return a.DB.Optimize(ctx)
}

// Tables declares every table of the schema.
func (a *App) Tables() []service.Table {
	out := kernel.Tables()
	for _, name := range jobs.Tables() {
		out = append(out, service.Table{Name: name, Class: service.Instance})
	}
	for _, name := range limit.Tables() {
		out = append(out, service.Table{Name: name, Class: service.Derived})
	}
	for _, name := range mail.Tables() {
		out = append(out, service.Table{Name: name, Class: service.Instance})
	}
	for _, f := range a.features {
		out = append(out, f.Tables...)
	}
	return out
}

// LoadDemo loads the small demonstration into a database without accounts, in one
// transaction. It tells whether it did.
func (a *App) LoadDemo(ctx context.Context) (loaded bool, err error) {
	w := &service.World{
		Clock: a.Clock, Location: a.Config.Timezone, Hasher: a.Hasher, Registry: a.Registry,
		People: map[string]account.Account{}, Spaces: map[string]id.ID{},
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		loaded = false
		n, err := account.Count(ctx, tx)
		if err != nil || n > 0 {
			return err
		}
		for _, f := range a.features {
			if f.Demo == nil {
				continue
			}
			if err := f.Demo(ctx, tx, w); err != nil {
				return fmt.Errorf("loading the demonstration of %s: %w", f.Name, err)
			}
		}
		loaded = true
		return nil
	})
	return loaded, err
}
