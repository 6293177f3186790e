package picture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif" // a format that is read
	"image/jpeg"
	"image/png"
	"io"

	"github.com/bep/imagemeta"
	xdraw "golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // a format that is read

	"ruche/internal/platform/fault"
)

// MaxPixels is how many pixels an image may have to be decoded.
const MaxPixels = 40_000_000

// quality is that of the JPEG images made, out of 100.
const quality = 82

// Info is what the header of an image says.
type Info struct {
	Format        string // "jpeg", "png", "gif" or "webp"
	Width, Height int    // pixels, as shown: after turning it upright
	turn          int
}

// Look reads the header of an image. fault.Invalid for what is no image of a format
// that is read, fault.TooLarge for one with too many pixels.
func Look(r io.ReadSeeker) (Info, error) {
	config, format, err := image.DecodeConfig(r)
	if err != nil {
		return Info{}, fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > MaxPixels/config.Height {
		return Info{}, fault.New(fault.TooLarge, "fault.too_large")
	}
	out := Info{Format: format, Width: config.Width, Height: config.Height, turn: orientation(r, format)}
	if out.turn >= 5 {
		out.Width, out.Height = out.Height, out.Width
	}
	return out, nil
}

// orientation reads how the camera was held: 1 to 8 (TIFF 6.0, tag 274), 1 where
// nothing says so.
func orientation(r io.ReadSeeker, format string) int {
	formats := map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP}
	kind, ok := formats[format]
	if _, err := r.Seek(0, io.SeekStart); err != nil || !ok {
		return 1
	}
	found := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: r, ImageFormat: kind, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				found = int(n)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil && !errors.Is(err, imagemeta.ErrStopWalking) {
		return 1 // notes that cannot be read turn nothing
	}
	return found
}

// Maker makes smaller images, a bounded number at a time: decoding one takes four
// bytes for each of its pixels.
type Maker struct{ slots chan struct{} }

// NewMaker returns a maker that works on so many images at once.
func NewMaker(atOnce int) *Maker { return &Maker{slots: make(chan struct{}, atOnce)} }

// Shrink writes an image upright, no wider and no higher than side pixels: JPEG, or
// PNG where it is transparent somewhere. The errors are those of Look, and the
// context's while it waits for its turn.
func (m *Maker) Shrink(ctx context.Context, w io.Writer, r io.ReadSeeker, side int) (Info, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Info{}, err
	}
	info, err := Look(r)
	if err != nil {
		return info, err
	}
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-ctx.Done():
		return info, ctx.Err()
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return info, err
	}
	source, _, err := image.Decode(r)
	if err != nil {
		return info, fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	out := upright(scaled(source, side), info.turn)
	made := Info{Format: "jpeg", Width: out.Bounds().Dx(), Height: out.Bounds().Dy(), turn: 1}
	if opaque(out) {
		err = jpeg.Encode(w, out, &jpeg.Options{Quality: quality})
	} else {
		made.Format = "png"
		err = png.Encode(w, out)
	}
	if err != nil {
		return info, fmt.Errorf("writing an image: %w", err)
	}
	return made, nil
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// scaled returns the image within a square of so many pixels; a smaller one keeps
// its size.
func scaled(source image.Image, side int) *image.NRGBA {
	b := source.Bounds()
	w, h := b.Dx(), b.Dy()
	if most := max(w, h); most > side {
		w, h = max(1, w*side/most), max(1, h*side/most)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Bounds(), source, b.Min, draw.Src)
	} else {
		xdraw.ApproxBiLinear.Scale(out, out.Bounds(), source, b, draw.Src, nil)
	}
	return out
}

// upright turns and mirrors an image as the orientation of the camera asks.
func upright(m *image.NRGBA, turn int) *image.NRGBA {
	if turn <= 1 || turn > 8 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := turned(x, y, w, h, turn)
			copy(out.Pix[out.PixOffset(tx, ty):][:4], m.Pix[m.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turned is where a pixel of the stored image stands in the shown one.
func turned(x, y, w, h, turn int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	}
	return y, w - 1 - x // 8
}
