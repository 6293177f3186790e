package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"ruche/internal/app"
	"ruche/internal/app/bulk"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/audit"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"runtime"
	"runtime/debug"
)

type demoCommand struct {
	Size string `help:"How much: small (40 people, four spaces, 37 posts), or big (25,000 people, 20,000 spaces, a million posts; minutes, and two gigabytes), to measure." enum:"small,big" default:"small"`
}

// Run loads the demonstration; on a database that has accounts it changes nothing.
func (c *demoCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, func(o *app.Options) error {
		if !o.Config.Loopback() {
			return errors.New("the demonstration makes accounts whose password everybody knows: it loads only when RUCHE_ADDR and RUCHE_URL are of this very machine, such as 127.0.0.1")
		}
		return nil
	}, func(a *app.App) error {
		load := a.LoadDemo
		if c.Size == "big" {
			load = func(ctx context.Context) (bool, error) {
				return a.LoadBig(ctx, func(what string, n int) { _, _ = fmt.Fprintf(p.out, "%9d %s\n", n, what) })
			}
		}
		loaded, err := load(ctx)
		if err != nil {
			return err
		}
		if loaded {
			_, _ = fmt.Fprintln(p.out, "The demonstration is loaded.")
			if c.Size == "big" {
				_, _ = fmt.Fprintf(p.out, "Accounts, all with the password %s: %s (200 spaces), %s (2,000), %s (an external, in 5), %s (leads two large ones).\n",
					app.DemoPassword, bulk.ManyEmail, bulk.MostEmail, bulk.FewEmail, bulk.LeadEmail)
			}
		} else {
			_, _ = fmt.Fprintln(p.out, "The database has accounts already: nothing was changed.")
		}
		return nil
	})
}

type migrateCommand struct{}

// Run migrates and says which schema the database has.
func (c *migrateCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		version, err := a.DB.Version(ctx)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "The database (%s) has schema %d, the newest.\n", a.DB.Engine(), version)
		return nil
	})
}

// with opens the program, does one thing, and closes it.
func (p *program) with(ctx context.Context, change func(*app.Options) error, do func(a *app.App) error) (err error) {
	a, err := p.open(ctx, change)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.DB.Close()) }()
	return do(a)
}

type adminCommand struct {
	Create        createCommand  `cmd:"" help:"Create an account. Its password is printed once."`
	ResetPassword resetCommand   `cmd:"" help:"Give an account a new password, printed once. Its sessions end."`
	ResetFactor   factorCommand  `cmd:"" help:"Take the second factor of an account away, for who lost the phone and the recovery codes. Its sessions end."`
	Access        accessCommand  `cmd:"" help:"Say until when an external may enter, and which agent answers for them."`
	List          listCommand    `cmd:"" help:"List the accounts."`
	Auditor       auditorCommand `cmd:"" help:"Let an agent read the audit log. --revoke undoes it."`
	Audit         auditCommand   `cmd:"" help:"Check the audit log, or write it out."`
	Suspend       suspendCommand `cmd:"" help:"Suspend an account: it can't sign in, its sessions end. --reopen undoes it."`
}

type createCommand struct {
	Email        string `arg:"" help:"Mailbox of the person."`
	Name         string `required:"" help:"Name, as others read it."`
	Organisation string `help:"Organisation, as others read it."`
	Admin        bool   `help:"May administer the instance."`
	External     bool   `help:"Is a partner, not a public agent."`
}

// Run creates the account.
func (c *createCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		n := app.NewAccount{Email: c.Email, Name: c.Name, Organisation: c.Organisation, Admin: c.Admin, Class: account.Agent, Password: newPassword()}
		if c.External {
			n.Class = account.External
		}
		if _, err := a.People.CreateAccount(ctx, n); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "Account created: %s\nPassword:        %s\n", c.Email, n.Password)
		return nil
	})
}

type resetCommand struct {
	Email string `arg:"" help:"Mailbox of the person."`
}

// Run resets the password.
func (c *resetCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		password := newPassword()
		if err := a.People.ResetPassword(ctx, c.Email, password); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "New password of %s: %s\n", c.Email, password)
		return nil
	})
}

type factorCommand struct {
	Email string `arg:"" help:"Mailbox of the person."`
}

// Run takes the second factor away.
func (c *factorCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		if err := a.People.ResetFactor(ctx, c.Email); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "%s signs in with the password alone, until a second factor is added again.\n", c.Email)
		return nil
	})
}

type accessCommand struct {
	Email   string `arg:"" help:"Mailbox of the external."`
	Until   string `help:"Last day of the access, as 2027-05-31." xor:"end"`
	End     bool   `help:"End the access at once." xor:"end"`
	Sponsor string `help:"Mailbox of the agent who answers for them from now on."`
}

// Run changes the access of an external.
func (c *accessCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		change := app.AccessChange{Sponsor: c.Sponsor, End: c.End}
		if c.Until != "" {
			var wrong string
			if change.Until, wrong = account.ParseLastDay(c.Until, a.Config.Timezone, a.Clock.Now()); wrong != "" {
				return fault.New(fault.Invalid, wrong, "years", account.MostAccess)
			}
		}
		if err := a.People.ChangeAccess(ctx, c.Email, change); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "The access of %s is changed.\n", c.Email)
		return nil
	})
}

type listCommand struct{}

// Run prints one line per account.
func (c *listCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		var after id.ID
		for {
			list, err := a.People.List(ctx, after, 500)
			if err != nil {
				return err
			}
			for _, who := range list {
				marks := string(who.Class)
				if who.Admin {
					marks += ",admin"
				}
				_, _ = fmt.Fprintf(p.out, "%s\t%s\t%s\t%s\n", who.Email, who.Name, marks, who.State)
				after = who.ID
			}
			if len(list) < 500 {
				return nil
			}
		}
	})
}

type suspendCommand struct {
	Email  string `arg:"" help:"Mailbox of the person."`
	Reopen bool   `help:"Open the account again."`
}

// Run suspends or reopens the account.
func (c *suspendCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		act, done := a.People.Suspend, "suspended"
		if c.Reopen {
			act, done = a.People.Reopen, "open again"
		}
		if err := act(ctx, c.Email); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "%s is %s.\n", c.Email, done)
		return nil
	})
}

type auditorCommand struct {
	Email  string `arg:"" help:"Mailbox of the agent."`
	Revoke bool   `help:"Take the right back."`
}

// Run gives or takes the right to read the audit log.
func (c *auditorCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		if err := a.People.SetAuditor(ctx, c.Email, !c.Revoke); err != nil {
			return err
		}
		done := "reads the audit log, at /administration/journal"
		if c.Revoke {
			done = "reads the audit log no more"
		}
		_, _ = fmt.Fprintf(p.out, "%s %s.\n", c.Email, done)
		return nil
	})
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Follow the chain of the log. Prints how many entries there are and the digest of the last, which is worth keeping elsewhere; status 1 and the first wrong entry when it was changed."`
	Export auditExportCommand `cmd:"" help:"Write every entry to the standard output, a JSON object a line."`
}

type auditVerifyCommand struct{}

// Run checks the log.
func (c *auditVerifyCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		entries, head, err := a.Audit.Verify(ctx)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.out, "%d entries, whole. The last: %s\n", entries, head)
		return nil
	})
}

type auditExportCommand struct{}

// Run writes the log out.
func (c *auditExportCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		out := json.NewEncoder(p.out)
		return a.Audit.Each(ctx, func(e audit.Entry) error { return out.Encode(e.Plain()) })
	})
}

// newPassword is random, and can be read aloud.
func newPassword() string {
	s := strings.ToLower(rand.Text())
	return s[:6] + "-" + s[6:12] + "-" + s[12:18]
}

type doctorCommand struct {
	Files bool `help:"Read every file that is kept and compare its bytes with its name. It takes as long as reading them all."`
}

// Run checks what the program needs and prints a line for each; it fails when
// one of them does.
func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	return p.with(ctx, nil, func(a *app.App) error {
		bad := 0
		say := func(name string, err error, fine string) {
			if err != nil {
				bad++
				fine = "PROBLEM: " + explain(err)
			}
			_, _ = fmt.Fprintf(p.out, "%-10s %s\n", name, fine)
		}
		version, err := a.DB.Version(ctx)
		say("database", err, fmt.Sprintf("%s answers, schema %d", a.DB.Engine(), version))
		say("folder", writable(a.Config.DataDir), a.Config.DataDir+" can be written")
		waiting, err := a.Mail.Waiting(ctx)
		fine := fmt.Sprintf("sent through the relay, %d waiting", waiting)
		if !a.Mail.Configured() {
			fine = fmt.Sprintf("no relay is set (RUCHE_SMTP_URL): %d waiting", waiting)
		}
		say("mail", err, fine)
		dead, err := a.Queue.Dead(ctx, 20)
		if err == nil && len(dead) > 0 {
			err = fmt.Errorf("%d given up, the latest of kind %s: %s", len(dead), dead[0].Kind, dead[0].Error)
		}
		say("jobs", err, "none given up")
		if c.Files {
			damaged, err := a.Attach.Damaged(ctx)
			for _, d := range damaged {
				err = errors.Join(err, fmt.Errorf("%s is missing or damaged", d))
			}
			say("files", err, "whole, each of them")
		}
		if bad > 0 {
			return fmt.Errorf("%d of the checks found a problem", bad)
		}
		return nil
	})
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

type versionCommand struct{}

// Run says the version, the commit and the Go that built the program.
func (versionCommand) Run(p *program) error {
	v, from := version, commit
	if v == "" {
		v = "of no release"
	}
	if info, ok := debug.ReadBuildInfo(); ok && from == "" {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				from = s.Value
			}
		}
	}
	if from != "" {
		v += ", " + from
	}
	_, _ = fmt.Fprintf(p.out, "ruche %s (%s, %s/%s)\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
