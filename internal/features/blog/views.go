package blog

import (
	"context"

	"ruche/internal/platform/i18n"
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
