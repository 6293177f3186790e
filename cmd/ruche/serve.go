package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"ruche/internal/app"
	"ruche/internal/platform/mail/mailbox"
	"ruche/internal/platform/web"
)

// workers is how many jobs run at a time: mail and small housekeeping.
const workers = 4

// drainTime bounds how long a stop waits for what was left to do behind the
// requests.
const drainTime = 2 * time.Second

// demoDomain is where the demonstration's agents have their mailboxes.
const demoDomain = "demo.example"

type serveCommand struct {
	Demo bool `help:"Load the demonstration at the first start, and read every mail at a local page. Only when RUCHE_ADDR and RUCHE_URL are of this very machine."`
	Dev  bool `help:"Serve the page of the interface's components, at /-/composants."`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, p *program) (err error) {
	app.CollectLess(p.env)
	var box *mailbox.Server
	var ln net.Listener
	defer func() {
		if box != nil {
			err = errors.Join(err, box.Close())
		}
		if ln != nil {
			_ = ln.Close() // closed already after a serve that went well
		}
	}()
	a, err := p.open(ctx, func(o *app.Options) error {
		o.Demo, o.Dev = c.Demo, c.Dev
		if o.Config.MetricsAddr != "" {
			o.Metrics = web.NewMetrics()
		}
		if c.Demo && !o.Config.Loopback() {
			return errors.New("--demo makes accounts whose password everybody knows: it starts only when RUCHE_ADDR and RUCHE_URL are of this very machine, such as 127.0.0.1")
		}
		if ln, err = web.Listen(ctx, o.Config.Addr, "RUCHE_ADDR"); err != nil || !c.Demo {
			return err
		}
		box, err = mailbox.Start(ctx, mailbox.Options{SMTPAddr: "127.0.0.1:0", HTTPAddr: o.Config.MailboxAddr, Dir: filepath.Join(o.Config.DataDir, "mailbox")})
		if err != nil {
			return err
		}
		if o.Config.SMTPURL == "" {
			o.Config.SMTPURL = box.SMTPURL()
		}
		o.Config.AgentDomains = append(o.Config.AgentDomains, demoDomain)
		return nil
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.DB.Close()) }()
	if c.Demo {
		if _, err := a.LoadDemo(ctx); err != nil {
			return err
		}
	}
	c.announce(p, a, box)
	return serve(ctx, a, ln)
}

func (c *serveCommand) announce(p *program, a *app.App, box *mailbox.Server) {
	_, _ = fmt.Fprintf(p.out, "\nRuche     %s\n", a.Config.URL)
	if box != nil {
		_, _ = fmt.Fprintf(p.out, `Courriels %s

Comptes de démonstration, mot de passe ruche-demo-2026 :
  camille.martin@demo.example     animatrice
  amadou.diallo@demo.example      contributeur
  jeanne.leroy@partenaire.example externe
  nadia.benali@demo.example       membre d’aucun espace
  admin@demo.example              administration
`, box.URL())
	}
	_, _ = fmt.Fprintln(p.out, "\nCtrl-C pour arrêter.")
}

// serve runs the sites and the workers; the first that fails stops the others.
func serve(ctx context.Context, a *app.App, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := []func(context.Context) error{
		func(ctx context.Context) error { return web.Serve(ctx, ln, a.Router, a.Log) },
		func(ctx context.Context) error { return a.Queue.Run(ctx, workers) },
		a.Live.Run,
		a.Seen.Run,
	}
	if a.Metrics != nil {
		metrics, err := web.Listen(ctx, a.Config.MetricsAddr, "RUCHE_METRICS_ADDR")
		if err != nil {
			return err
		}
		parts = append(parts, func(ctx context.Context) error { return web.Serve(ctx, metrics, a.Metrics.Handler(), a.Log) })
	}
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() {
			err := part(ctx)
			cancel()
			ended <- err
		}()
	}
	var err error
	for range parts {
		err = errors.Join(err, <-ended)
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer done()
	a.People.Drain(last)
	return err
}
