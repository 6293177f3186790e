package frame

import (
	"context"
	"net/url"
	"strings"

	"ruche/internal/kernel/attach"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/ui"
)

// FilePath is where the bytes of an attachment are served.
func FilePath(x attach.Attachment) string { return filesOf(x.Item) + nameOf(x) }

// ImagePath is where the image that pages show of an attachment is served.
func ImagePath(x attach.Attachment) string { return imageAt(filesOf(x.Item), x) }

func imageAt(address string, x attach.Attachment) string {
	return address + "/fichiers/" + x.ID.String() + "/-/apercu"
}

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
		f.Image = &ui.Image{Src: imageAt(address, x), Alt: x.Alt, Width: x.Width, Height: x.Height}
	}
	return f
}

// Shown is how the texts of an item show its files to who reads them at an address.
func Shown(ctx context.Context, address string, list []attach.Attachment) map[string]markup.Shown {
	out := map[string]markup.Shown{}
	for _, x := range list {
		if x.Ref.IsZero() {
			continue
		}
		f := fileAt(ctx, address, x)
		s := markup.Shown{Href: f.Href, Note: f.Size}
		if f.Image != nil {
			s.Src, s.Width, s.Height = f.Image.Src, f.Image.Width, f.Image.Height
		}
		out[x.Ref.String()] = s
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
