package content

import (
	"strings"

	"ruche/internal/kernel/attach"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
)

// FieldCover names the cover among the fields of a text: Markdown of one image of the
// item, or empty. Without words, the image says nothing that the text does not.
const FieldCover = "cover"

// fieldBody names the text of an item in forms.
const fieldBody = "body"

// embeds are the files that a text shows or names.
func (t Text) embeds() (out []attach.Embed) {
	for _, e := range markup.Embeds(t.Body) {
		if ref, err := id.Parse(e.Key); err == nil {
			out = append(out, attach.Embed{Ref: ref, Words: e.Words, Image: e.Image, Field: fieldBody})
		}
	}
	if ref, alt := CoverOf(t.Fields); !ref.IsZero() {
		out = append(out, attach.Embed{Ref: ref, Words: alt, Field: FieldCover})
	}
	return out
}

// Cover writes a cover as a text keeps it; empty for the zero ref.
func Cover(ref id.ID, alt string) string {
	if ref.IsZero() {
		return ""
	}
	return markup.Picture(ref.String(), strings.Join(strings.Fields(alt), " "))
}

// CoverOf reads the cover that a text keeps; the zero ref for none.
func CoverOf(fields map[string]string) (ref id.ID, alt string) {
	for _, e := range markup.Embeds(fields[FieldCover]) {
		if ref, err := id.Parse(e.Key); err == nil {
			return ref, e.Words
		}
	}
	return id.ID{}, ""
}
