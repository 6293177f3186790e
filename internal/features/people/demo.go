package people

import (
	"context"
	"encoding/json"
	"fmt"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// DemoPassword is that of every account of the demonstration, which exists on
// loopback addresses only.
const DemoPassword = "ruche-demo-2026" //nolint:gosec // published on purpose: the sign-in page of a demonstration shows it

// demoAccounts are those that the page of sign-in offers, each with another
// view of the instance.
//
// i18n: people.demo.admin people.demo.lead people.demo.contributor people.demo.nobody people.demo.external
func demoAccounts() []demoAccount {
	return []demoAccount{
		{"camille.martin@demo.example", "people.demo.lead"},
		{"amadou.diallo@demo.example", "people.demo.contributor"},
		{"jeanne.leroy@partenaire.example", "people.demo.external"},
		{"nadia.benali@demo.example", "people.demo.nobody"},
		{"admin@demo.example", "people.demo.admin"},
	}
}

// demoPerson is one entry of demo/people.json.
type demoPerson struct {
	Email        string        `json:"email"`
	Name         string        `json:"name"`
	Organisation string        `json:"organisation"`
	Class        account.Class `json:"class"`
	Admin        bool          `json:"admin"`
	Auditor      bool          `json:"auditor"`
	Lang         string        `json:"lang"`
	Job          string        `json:"job"`
	About        string        `json:"about"`
	Skills       []string      `json:"skills"`
	// Sponsor is the mailbox of who answers for an external, who stands before them; Months
	// is for how long they may enter still.
	Sponsor string `json:"sponsor"`
	Months  int    `json:"months"`
}

// loadDemo makes the accounts of the demonstration. They share one hash, since
// they share the password and hashing is slow on purpose.
func loadDemo(ctx context.Context, tx *db.Tx, w *service.World) error {
	raw, err := files.ReadFile("demo/people.json")
	if err != nil {
		return fmt.Errorf("reading the people of the demonstration: %w", err)
	}
	var people []demoPerson
	if err := json.Unmarshal(raw, &people); err != nil {
		return fmt.Errorf("reading the people of the demonstration: %w", err)
	}
	hash, err := w.Hasher.Hash(DemoPassword)
	if err != nil {
		return err
	}
	joined := w.At(160, 9, 0)
	for _, d := range people {
		made := account.New{Email: d.Email, Name: d.Name, Organisation: d.Organisation, Class: d.Class, Admin: d.Admin, Lang: d.Lang}
		if d.Months > 0 {
			made.ExpiresAt = account.EndAfter(d.Months, w.Location, w.Clock.Now())
		}
		a, err := account.Create(ctx, tx, made, joined)
		if err != nil {
			return fmt.Errorf("making the account of %s: %w", d.Name, err)
		}
		if err := account.SetPassword(ctx, tx, a.ID, hash, id.ID{}, joined); err != nil {
			return err
		}
		// Whoever tries a demonstration in the evening wants to see the mail.
		if err := account.SetQuiet(ctx, tx, a.ID, string(notice.NoQuiet)); err != nil {
			return err
		}
		if err := account.Describe(ctx, tx, a.ID, account.Profile{Job: d.Job, About: d.About, Skills: d.Skills}); err != nil {
			return err
		}
		if d.Sponsor != "" {
			if err := account.SetSponsor(ctx, tx, []id.ID{a.ID}, w.People[d.Sponsor].ID); err != nil {
				return err
			}
		}
		if d.Auditor {
			if err := account.SetAuditor(ctx, tx, a.ID, true); err != nil {
				return err
			}
		}
		w.People[d.Email] = a
	}
	return nil
}
