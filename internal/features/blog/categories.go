package blog

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// Limits of the categories of a blog, and of the characters of each.
const (
	maxCategories = 30
	maxCategory   = 40
)

// EventCategories tells that the categories of a blog were changed.
const EventCategories activity.Kind = "blog.categories"

// Category is a theme of the blog of a space, under which readers find posts.
type Category struct {
	ID    id.ID
	Key   string // in addresses
	Label string
	Hue   int // 1 to 12
	Posts int
}

// categories lists those of a space in the order of their names.
func categories(ctx context.Context, tx *db.Tx, space id.ID) (out []Category, err error) {
	err = tx.All(ctx, func(r *sql.Rows) error {
		var c Category
		err := r.Scan(&c.ID, &c.Key, &c.Label, &c.Hue)
		out = append(out, c)
		return err
	}, `SELECT id, key, label, hue FROM blog_categories WHERE space_id = $1 ORDER BY key`, space)
	if err != nil {
		return nil, fmt.Errorf("listing categories: %w", err)
	}
	return out, nil
}

// named finds a category by its key; the zero one when there is none.
func named(list []Category, key string) Category {
	for _, c := range list {
		if c.Key == key {
			return c
		}
	}
	return Category{}
}

// label reads the name of a category; fault.Invalid names the field.
func label(typed, field string) (string, error) {
	s := strings.Join(strings.Fields(strings.ReplaceAll(typed, ",", " ")), " ")
	switch {
	case content.TagKey(s) == "":
		return s, fault.InvalidFields(fault.Field{Name: field, Key: "blog.category.empty"})
	case utf8.RuneCountInString(s) > maxCategory:
		return s, fault.InvalidFields(fault.Field{Name: field, Key: "blog.category.long", Args: []any{"max", maxCategory}})
	}
	return s, nil
}

// AddCategory gives the blog of a space a category.
func (b *Blog) AddCategory(ctx context.Context, a actor.Actor, spaceSlug, name string) error {
	return b.manage(ctx, a, spaceSlug, func(tx *db.Tx, v access.View) error {
		return addCategory(ctx, tx, v.Space.ID, name)
	})
}

func addCategory(ctx context.Context, tx *db.Tx, space id.ID, name string) error {
	s, err := label(name, "label")
	if err != nil {
		return err
	}
	list, err := categories(ctx, tx, space)
	if err != nil {
		return err
	}
	if len(list) >= maxCategories {
		return fault.InvalidFields(fault.Field{Name: "label", Key: "blog.category.many", Args: []any{"max", maxCategories}})
	}
	if !named(list, content.TagKey(s)).ID.IsZero() {
		return fault.InvalidFields(fault.Field{Name: "label", Key: "blog.category.taken"})
	}
	_, err = tx.Exec(ctx, `INSERT INTO blog_categories (id, space_id, key, label, hue) VALUES ($1, $2, $3, $4, $5)`,
		id.New(), space, content.TagKey(s), s, freeHue(list))
	if err != nil {
		return fmt.Errorf("adding a category: %w", err)
	}
	return nil
}

// freeHue is the hue that the fewest of the categories have.
func freeHue(list []Category) int {
	const hues = 12
	var used [hues + 1]int
	for _, c := range list {
		used[c.Hue]++
	}
	best := 1
	for h := 1; h <= hues; h++ {
		if used[h] < used[best] {
			best = h
		}
	}
	return best
}

// RenameCategory names a category anew; its posts stay in it.
func (b *Blog) RenameCategory(ctx context.Context, a actor.Actor, spaceSlug string, category id.ID, name string) error {
	return b.manage(ctx, a, spaceSlug, func(tx *db.Tx, v access.View) error {
		field := "label-" + category.String()
		s, err := label(name, field)
		if err != nil {
			return err
		}
		list, err := categories(ctx, tx, v.Space.ID)
		if err != nil {
			return err
		}
		if other := named(list, content.TagKey(s)); !other.ID.IsZero() && other.ID != category {
			return fault.InvalidFields(fault.Field{Name: field, Key: "blog.category.taken"})
		}
		n, err := tx.Exec(ctx, `UPDATE blog_categories SET key = $1, label = $2 WHERE id = $3 AND space_id = $4`, content.TagKey(s), s, category, v.Space.ID)
		if err != nil {
			return fmt.Errorf("renaming a category: %w", err)
		}
		if n == 0 {
			return fault.NotFoundError()
		}
		return nil
	})
}

// RemoveCategory takes a category away; its posts have none then.
func (b *Blog) RemoveCategory(ctx context.Context, a actor.Actor, spaceSlug string, category id.ID) error {
	return b.manage(ctx, a, spaceSlug, func(tx *db.Tx, v access.View) error {
		for _, query := range []string{
			`UPDATE blog_posts SET category_id = NULL WHERE category_id IN (SELECT c.id FROM blog_categories c WHERE c.id = $1 AND c.space_id = $2)`,
			`DELETE FROM blog_categories WHERE id = $1 AND space_id = $2`,
		} {
			if _, err := tx.Exec(ctx, query, category, v.Space.ID); err != nil {
				return fmt.Errorf("removing a category: %w", err)
			}
		}
		return nil
	})
}

// manage runs what only those may who manage the blog of a space.
func (b *Blog) manage(ctx context.Context, a actor.Actor, spaceSlug string, do func(*db.Tx, access.View) error) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := b.lock(ctx, tx, a, spaceSlug)
		if err != nil {
			return err
		}
		if err := v.Check(access.ItemEditAny, Bit); err != nil {
			return err
		}
		if err := do(tx, v); err != nil {
			return err
		}
		return b.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventCategories, Space: v.Space.ID})
	})
}

// categoriesPage is the page where they are named.
func (b *Blog) categoriesPage(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return b.categoriesForm(w, r, a, http.StatusOK, nil, nil)
}

func (b *Blog) categoriesForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed map[string]string, problem error) error {
	ctx := r.Context()
	var v access.View
	var list []Category
	err := b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if err := v.Check(access.ItemEditAny, Bit); err != nil {
			return err
		}
		list, err = categories(ctx, tx, v.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	here := listPath(v.Space.Slug) + "/-/categories"
	view := categoriesView{Action: here, Back: ui.Link{Label: i18n.T(ctx, "blog.tab"), Href: listPath(v.Space.Slug)}, New: typed["label"]}
	errs, names := map[string]string{}, []string{"label"}
	if problem != nil {
		errs = web.FormErrors(ctx, problem)
	}
	view.Error = errs["label"]
	for _, c := range list {
		field := "label-" + c.ID.String()
		row := categoryRow{ID: c.ID.String(), Field: field, Label: c.Label, Hue: c.Hue, Error: errs[field]}
		if s, ok := typed[field]; ok {
			row.Label = s
		}
		names = append(names, field)
		view.Rows = append(view.Rows, row)
	}
	if problem != nil {
		if view.Problems = ui.Problems(errs, names...); len(view.Problems) == 0 {
			view.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
		}
	}
	title := i18n.T(ctx, "blog.categories.title")
	return b.Shell.Render(w, r, status, frame.Page{Title: title, Space: &v, Tab: path, Invalid: problem != nil}, categoriesPage(view))
}

// changeCategories adds, renames or removes, as the button says.
func (b *Blog) changeCategories(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	category, typed := f.ID("categorie"), map[string]string{}
	var err error
	var flash string
	switch {
	case category.IsZero():
		typed["label"] = f.Line("label", 200)
		flash, err = "blog.flash.category_added", b.AddCategory(ctx, a, slug, typed["label"])
	case f.Get("action") == "retirer":
		flash, err = "blog.flash.category_removed", b.RemoveCategory(ctx, a, slug, category)
	default:
		field := "label-" + category.String()
		typed[field] = f.Line(field, 200)
		flash, err = "blog.flash.category_renamed", b.RenameCategory(ctx, a, slug, category, typed[field])
	}
	if fault.KindOf(err) == fault.Invalid {
		return b.categoriesForm(w, r, a, http.StatusUnprocessableEntity, typed, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, flash)
	web.Redirect(w, r, listPath(slug)+"/-/categories")
	return nil
}
