package blog

import (
	"context"

	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

func actions(a *ui.Action) []ui.Action {
	if a == nil {
		return nil
	}
	return []ui.Action{*a}
}

// readers says, before publishing, who will read.
func readers(ctx context.Context, f formView) string {
	if f.Public {
		return i18n.N(ctx, "blog.readers.public", f.Externals)
	}
	if f.Externals > 0 {
		return i18n.N(ctx, "blog.readers.externals", f.Readers, "externals", i18n.N(ctx, "blog.readers.of_whom", f.Externals))
	}
	return i18n.N(ctx, "blog.readers", f.Readers)
}

// cover is an image that may be that of a post, by what its text calls it or by its own id.
type cover struct {
	Ref id.ID
	attach.File
}

// category asks for that of a post. One that is there no more stays chosen, and named.
func (f formView) category(ctx context.Context) ui.Choice {
	c := ui.Choice{Name: categoryField, Label: i18n.T(ctx, "blog.field.category"), Error: f.Errors[categoryField], Optional: true}
	c.Options = []ui.Option{{Label: i18n.T(ctx, "blog.category.without")}}
	for _, one := range f.Categories {
		c.Options = append(c.Options, ui.Option{Value: one.Label, Label: one.Label, Selected: one.Key == content.TagKey(f.Category)})
	}
	return c
}

// cover asks which image is that of a post.
func (f formView) cover(ctx context.Context) ui.Choice {
	c := ui.Choice{Name: content.FieldCover, Label: i18n.T(ctx, "blog.field.cover"), LabelHidden: true, Error: f.Errors[content.FieldCover], Optional: true}
	c.Options = []ui.Option{{Label: i18n.T(ctx, "blog.cover.none")}}
	for _, one := range f.Covers {
		c.Options = append(c.Options, ui.Option{Value: one.Ref.String(), Label: one.Name, Selected: one.Ref == f.Cover})
	}
	return c
}

// saved is the text as it was saved; empty for a new post.
func (f formView) saved() string {
	if f.post == nil {
		return ""
	}
	return f.post.Body
}
