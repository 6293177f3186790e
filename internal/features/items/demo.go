package items

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"strings"

	"ruche/internal/kernel/content"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// demoPost is the post of the demonstration that bears files.
const demoPost = "un-an-de-guichet-numerique-ce-que-disent-nos-chiffres"

// demo joins a drawing and a table to a post of the demonstration.
func (f *Items) demo(ctx context.Context, tx *db.Tx, w *service.World) error {
	sv := w.Registry.ByPath("blog")
	if sv == nil {
		return nil // this program has no blog
	}
	it, err := content.ForProgramAt(ctx, tx, w.Spaces["demat-ads"], sv.Bit, demoPost)
	if err != nil {
		return fmt.Errorf("looking for the post with files: %w", err)
	}
	share := []int{31, 34, 38, 41, 47, 52, 55, 61, 64, 68, 71, 74}
	drawing, err := bars(share)
	if err != nil {
		return err
	}
	table := "mois;part_en_ligne\n"
	for month, percent := range share {
		table += fmt.Sprintf("2026-%02d;%d\n", month+1, percent)
	}
	for _, file := range []struct {
		name, alt string
		body      io.Reader
	}{
		{"part-des-depots-en-ligne.png", "Diagramme en barres : la part des dépôts en ligne passe de 31 % en janvier à 74 % en décembre.", drawing},
		{"part-des-depots-en-ligne.csv", "", strings.NewReader(table)},
	} {
		if err := f.Attach.Place(ctx, tx, it.Author, it.ID, id.ID{}, file.name, file.alt, file.body, it.PublishedAt); err != nil {
			return fmt.Errorf("joining %s: %w", file.name, err)
		}
	}
	return nil
}

// bars draws percentages as bars on white.
func bars(percents []int) (io.Reader, error) {
	const width, gap, height, margin = 56, 14, 320, 24
	m := image.NewRGBA(image.Rect(0, 0, 2*margin+len(percents)*(width+gap)-gap, height+2*margin))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	blue, line := image.NewUniform(color.RGBA{0x2f, 0x2f, 0x8f, 0xff}), image.NewUniform(color.RGBA{0xc8, 0xc6, 0xbf, 0xff})
	for step := 0; step <= 100; step += 25 {
		y := margin + height - height*step/100
		draw.Draw(m, image.Rect(margin/2, y, m.Bounds().Dx()-margin/2, y+1), line, image.Point{}, draw.Src)
	}
	for i, percent := range percents {
		x := margin + i*(width+gap)
		draw.Draw(m, image.Rect(x, margin+height-height*percent/100, x+width, margin+height), blue, image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return nil, fmt.Errorf("drawing: %w", err)
	}
	return &out, nil
}
