package frame

import (
	"context"
	"net/url"
	"strings"

	"ruche/internal/kernel/attach"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

// FilePath is where the bytes of an attachment are served.
func FilePath(x attach.Attachment) string { return filesOf(x.Item) + nameOf(x) }

// filesOf is where the files of an item are.
func filesOf(item id.ID) string { return "/p/" + item.String() + "/-" }

func nameOf(x attach.Attachment) string {
	return "/fichiers/" + x.ID.String() + "/" + url.PathEscape(x.Name)
}

// Files draws attachments: an image by a smaller one with its words, any other by
// its name; all with their size. mayRemove adds a way to take each away.
func Files(ctx context.Context, list []attach.Attachment, mayRemove bool) (out []ui.Attachment) {
	for _, x := range list {
		f := fileAt(ctx, filesOf(x.Item), x)
		if mayRemove {
			f.Remove = filesOf(x.Item) + "/fichiers/" + x.ID.String() + "/retirer"
		}
		out = append(out, f)
	}
	return out
}

// FilesAt is Files for who reads them at another address.
func FilesAt(ctx context.Context, address string, list []attach.Attachment) (out []ui.Attachment) {
	for _, x := range list {
		out = append(out, fileAt(ctx, address, x))
	}
	return out
}

func fileAt(ctx context.Context, address string, x attach.Attachment) ui.Attachment {
	f := ui.Attachment{Name: x.Name, Href: address + nameOf(x), Size: i18n.From(ctx).Bytes(x.Size), Icon: iconOf(x.Type)}
	if x.IsImage() {
		f.Image = &ui.Image{Src: address + "/fichiers/" + x.ID.String() + "/-/apercu", Alt: x.Alt, Width: x.Width, Height: x.Height}
	}
	return f
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
