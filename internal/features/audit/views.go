package audit

import (
	"context"

	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

// columns are those of the log, what happened first.
func (pageView) columns(ctx context.Context) []ui.Column {
	return []ui.Column{
		{Label: i18n.T(ctx, "audit.col.what")}, {Label: i18n.T(ctx, "audit.col.by")}, {Label: i18n.T(ctx, "audit.col.on")},
		{Label: i18n.T(ctx, "audit.col.space")}, {Label: i18n.T(ctx, "audit.col.at")}, {Label: i18n.T(ctx, "audit.col.digest")},
	}
}
