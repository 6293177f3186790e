package blog

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

// look is the blog's own part of a post: its standfirst, its category, its cover.
type look struct {
	Lede     string
	Category Category // zero for none
	cover    id.ID    // what the texts of the post call it; zero for none
	CoverAlt string
	// Cover is the file of the cover, with a zero id where there is none.
	Cover attach.Attachment
}

// looks reads those of a page of posts, by post: one query, two where one of them has
// a cover.
func looks(ctx context.Context, tx *db.Tx, rows []content.Row) (map[id.ID]look, error) {
	out := map[id.ID]look{}
	if len(rows) == 0 {
		return out, nil
	}
	ids := make([]id.ID, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	query, args, err := db.In(db.NewBuilder().Add(`SELECT p.item_id, p.lede, p.cover, p.cover_alt, c.id, COALESCE(c.key, ''), COALESCE(c.label, ''), COALESCE(c.hue, 0)
		FROM blog_posts p LEFT JOIN blog_categories c ON c.id = p.category_id WHERE p.item_id IN `), ids).Build()
	if err != nil {
		return nil, err
	}
	covers := map[id.ID]id.ID{}
	err = tx.All(ctx, func(r *sql.Rows) error {
		var item id.ID
		var l look
		err := r.Scan(&item, &l.Lede, &l.cover, &l.CoverAlt, &l.Category.ID, &l.Category.Key, &l.Category.Label, &l.Category.Hue)
		if out[item] = l; !l.cover.IsZero() {
			covers[item] = l.cover
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the looks of posts: %w", err)
	}
	files, err := attach.ByRef(ctx, tx, covers)
	for item, x := range files {
		l := out[item]
		l.Cover = x
		out[item] = l
	}
	return out, err
}

// setFields writes the blog's own part of a revision. A category that the space has no
// more is none.
func setFields(ctx context.Context, tx *db.Tx, item id.ID, fields map[string]string) error {
	var category id.ID
	if key := content.TagKey(fields[categoryField]); key != "" {
		it, err := content.ForProgram(ctx, tx, item)
		if err != nil {
			return err
		}
		all, err := categories(ctx, tx, it.Space)
		if err != nil {
			return err
		}
		category = named(all, key).ID
	}
	cover, alt := content.CoverOf(fields)
	_, err := tx.Exec(ctx, `INSERT INTO blog_posts (item_id, lede, category_id, cover, cover_alt) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (item_id) DO UPDATE SET lede = excluded.lede, category_id = excluded.category_id, cover = excluded.cover, cover_alt = excluded.cover_alt`,
		item, fields[ledeField], category, cover, alt)
	if err != nil {
		return fmt.Errorf("writing a post: %w", err)
	}
	return nil
}

// image draws the cover of a post; nil for none. In a list it says nothing that the
// title does not.
func (l look) image(alt string) *ui.Image {
	if !l.Cover.IsImage() {
		return nil
	}
	return &ui.Image{Src: frame.ImagePath(l.Cover), Alt: alt, Width: l.Cover.Width, Height: l.Cover.Height}
}
