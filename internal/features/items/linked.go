package items

import (
	"context"

	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
)

// NoteLinks is a subscriber: it notes which items a text that was written leads to.
func (f *Items) NoteLinks(ctx context.Context, e activity.Event) error {
	return f.DB.Write(db.Background(ctx), func(tx *db.Tx) error {
		it, err := content.ForProgram(ctx, tx, e.Item)
		if fault.KindOf(err) == fault.NotFound {
			return nil // purged meanwhile
		}
		if err != nil {
			return err
		}
		text := it.Body
		if !e.Remark.IsZero() {
			if text, err = remark.TextForProgram(ctx, tx, e.Remark); err != nil {
				return err
			}
		}
		doc, err := f.Markup.Render(text, 2)
		if err != nil {
			return err
		}
		return content.Link(ctx, tx, it.ID, e.Remark, doc.Links, func(path string) int {
			if sv := f.Registry().ByPath(path); sv != nil {
				return sv.Bit
			}
			return -1
		})
	})
}
