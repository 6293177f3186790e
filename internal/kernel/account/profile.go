package account

import (
	"context"
	"fmt"
	"strings"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Bounds of a profile: characters, but for MaxSkills, which counts skills.
const (
	MaxJob    = 120
	MaxAbout  = 2000
	MaxSkill  = 60
	MaxSkills = 20
)

// Profile is what someone says of themself for others to read, beside their name and
// organisation: their job, what they can be asked about, and some lines of plain text.
type Profile struct {
	Job, About string
	Skills     []string
}

// ProfileOf reads the profile of an account, empty where nothing was said.
func ProfileOf(ctx context.Context, tx *db.Tx, account id.ID) (p Profile, err error) {
	var skills string
	err = tx.QueryRow(ctx, `SELECT job, about, skills FROM profiles WHERE account_id = $1`, account).Scan(&p.Job, &p.About, &skills)
	if db.IsNoRows(err) {
		return Profile{}, nil
	}
	if err != nil {
		return Profile{}, fmt.Errorf("reading a profile: %w", err)
	}
	if skills != "" {
		p.Skills = strings.Split(skills, "\n")
	}
	return p, nil
}

// Describe keeps what someone says of themself.
func Describe(ctx context.Context, tx *db.Tx, account id.ID, p Profile) error {
	_, err := tx.Exec(ctx, `INSERT INTO profiles (account_id, job, about, skills) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id) DO UPDATE SET job = excluded.job, about = excluded.about, skills = excluded.skills`,
		account, p.Job, p.About, strings.Join(p.Skills, "\n"))
	if err != nil {
		return fmt.Errorf("changing a profile: %w", err)
	}
	return nil
}

// ParseSkills reads skills as people type them, apart by commas or lines: each once, in
// their order.
func ParseSkills(typed string) (skills []string) {
	seen := map[string]bool{}
	for _, one := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		one = strings.Join(strings.Fields(one), " ")
		if key := Fold(one); key != "" && !seen[key] {
			seen[key] = true
			skills = append(skills, one)
		}
	}
	return skills
}
