package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/picture"
)

// sample is red in its top left corner, blue elsewhere.
func sample(w, h int, alpha uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{B: 255, A: alpha}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{R: 255, A: alpha}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jpegTurned is a JPEG whose camera was held so (TIFF 6.0, tag 274, in an Exif
// segment), with a place that must not come out.
func jpegTurned(t *testing.T, m image.Image, turn uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	var tiff bytes.Buffer
	tiff.WriteString("MM\x00\x2a\x00\x00\x00\x08\x00\x02")
	for _, entry := range [][]uint32{{0x010E, 2, 12, 38}, {0x0112, 3, 1, uint32(turn) << 16}} {
		_ = binary.Write(&tiff, binary.BigEndian, [2]uint16{uint16(entry[0]), uint16(entry[1])})
		_ = binary.Write(&tiff, binary.BigEndian, [2]uint32{entry[2], entry[3]})
	}
	tiff.WriteString("\x00\x00\x00\x00secretplace\x00")
	segment := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	out := append([]byte{}, b.Bytes()[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), b.Bytes()[2:]...)
}

func TestAnImageIsShrunkUpright(t *testing.T) {
	t.Parallel()
	maker := picture.NewMaker(1)
	// Where the red corner comes to stand, for each way to hold the camera.
	corners := map[uint16]image.Point{1: {5, 5}, 2: {94, 5}, 3: {94, 44}, 4: {5, 44}, 5: {5, 5}, 6: {44, 5}, 7: {44, 94}, 8: {5, 94}}
	for turn, corner := range corners {
		data := jpegTurned(t, sample(400, 200, 255), turn)
		info, err := picture.Look(bytes.NewReader(data))
		wide := turn < 5
		if err != nil || info.Format != "jpeg" || (info.Width == 400) != wide || (info.Height == 200) != wide {
			t.Errorf("turn %d: looked as %+v: %v", turn, info, err)
		}
		var out bytes.Buffer
		made, err := maker.Shrink(t.Context(), &out, bytes.NewReader(data), 100)
		if err != nil || made.Format != "jpeg" || max(made.Width, made.Height) != 100 {
			t.Fatalf("turn %d: made %+v: %v", turn, made, err)
		}
		if bytes.Contains(out.Bytes(), []byte("secretplace")) || bytes.Contains(out.Bytes(), []byte("Exif")) {
			t.Errorf("turn %d: the notes of the camera came out", turn)
		}
		m, _, err := image.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		if r, _, b, _ := m.At(corner.X, corner.Y).RGBA(); r < b {
			t.Errorf("turn %d: the corner is not at %v", turn, corner)
		}
	}
}

func TestFormatsAndTransparency(t *testing.T) {
	t.Parallel()
	maker := picture.NewMaker(1)
	var animated bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 30, 30), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&animated, &gif.GIF{Image: []*image.Paletted{frame, frame, frame}, Delay: []int{1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data   []byte
		format string
		size   int
	}{
		"transparent": {pngOf(t, sample(50, 20, 100)), "png", 50},
		"opaque":      {pngOf(t, sample(300, 20, 255)), "jpeg", 100},
		"animated":    {animated.Bytes(), "jpeg", 30},
	} {
		var out bytes.Buffer
		made, err := maker.Shrink(t.Context(), &out, bytes.NewReader(c.data), 100)
		if err != nil || made.Format != c.format || made.Width != c.size {
			t.Errorf("%s: made %+v: %v", name, made, err)
		}
	}
}

// header is a PNG that says to have so many pixels, and has none.
func header(w, h uint32) []byte {
	chunk := append([]byte("IHDR"), 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0)
	binary.BigEndian.PutUint32(chunk[4:], w)
	binary.BigEndian.PutUint32(chunk[8:], h)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

// TestABombIsRefused: by its header, without taking the memory that it asks for.
func TestABombIsRefused(t *testing.T) {
	t.Parallel()
	maker := picture.NewMaker(1)
	for _, size := range [][2]uint32{{20_000, 10_000}, {1 << 30, 1}, {2_000_000_000, 2_000_000_000}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := maker.Shrink(t.Context(), &bytes.Buffer{}, bytes.NewReader(header(size[0], size[1])), 100)
		runtime.ReadMemStats(&after)
		if kind := fault.KindOf(err); kind != fault.TooLarge && kind != fault.Invalid {
			t.Errorf("%v: %v", size, err)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 64<<20 {
			t.Errorf("%v: took %d bytes", size, taken)
		}
	}
	for name, data := range map[string][]byte{"text": []byte("bonjour"), "empty": nil, "svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), "cut": pngOf(t, sample(50, 50, 255))[:60]} {
		if _, err := maker.Shrink(t.Context(), &bytes.Buffer{}, bytes.NewReader(data), 100); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWaitingForATurnEnds(t *testing.T) {
	t.Parallel()
	maker := picture.NewMaker(0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := maker.Shrink(ctx, &bytes.Buffer{}, bytes.NewReader(pngOf(t, sample(5, 5, 255))), 100); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that is gone: %v", err)
	}
}

func FuzzLook(f *testing.F) {
	f.Add(header(10, 10))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00\x2a"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := picture.Look(bytes.NewReader(data))
		if err == nil && (info.Width <= 0 || info.Height <= 0 || info.Width*info.Height > picture.MaxPixels) {
			t.Errorf("%+v is within the limit", info)
		}
	})
}
