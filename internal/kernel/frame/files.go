package frame

import (
	"context"
	"net/url"
	"strings"

	"ruche/internal/kernel/attach"
	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

// FilePath is where the bytes of an attachment are served.
func FilePath(x attach.Attachment) string {
	return "/p/" + x.Item.String() + "/-/fichiers/" + x.ID.String() + "/" + url.PathEscape(x.Name)
}

// Files draws attachments: an image by a smaller one with its words, any other by
// its name; all with their size. mayRemove adds a way to take each away.
func Files(ctx context.Context, list []attach.Attachment, mayRemove bool) (out []ui.Attachment) {
	for _, x := range list {
		f := ui.Attachment{Name: x.Name, Href: FilePath(x), Size: i18n.From(ctx).Bytes(x.Size), Icon: iconOf(x.Type)}
		at := "/p/" + x.Item.String() + "/-/fichiers/" + x.ID.String()
		if x.IsImage() {
			f.Image = &ui.Image{Src: at + "/-/apercu", Alt: x.Alt, Width: x.Width, Height: x.Height}
		}
		if mayRemove {
			f.Remove = at + "/retirer"
		}
		out = append(out, f)
	}
	return out
}

// iconOf is the drawing for a media type.
func iconOf(kind string) string {
	switch base, _, _ := strings.Cut(kind, "/"); base {
	case "image":
		return "image"
	case "video", "audio":
		return "video"
	case "text":
		return "file-text"
	}
	return "file"
}
