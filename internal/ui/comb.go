package ui

import (
	"fmt"
	"strings"
)

// The comb is drawn from a picture of itself: 'o' an empty cell, 'F' a full
// one, 'H' the heart. Odd rows stand half a cell to the right.
func combRows() []string {
	return []string{
		"..o.oo..",
		".oooo.o",
		".oo.ooo.",
		"oooFFoo",
		"oooFHFoo",
		".ooFFoo",
		"..ooooo.",
		".ooooo.",
		"..o.o...",
	}
}

const (
	combWidth, combHeight = 640, 860
	cellPitch             = 79.67 // from one cell to the next, in a row
	rowPitch              = 69.0
	cellRadius            = 43.0
	cellHalfWidth         = 37.25
)

// combPath returns the outlines of the cells of one kind as an SVG path.
func combPath(kind byte) string {
	var path strings.Builder
	for row, cells := range combRows() {
		for column := range len(cells) {
			if cells[column] == kind {
				x, y := cellCentre(row, column)
				path.WriteString(cellPath(x, y))
			}
		}
	}
	return path.String()
}

func cellCentre(row, column int) (x, y float64) {
	x = 41.8 + cellPitch*float64(column)
	if row%2 == 1 {
		x += cellPitch / 2
	}
	return x, 63 + rowPitch*float64(row)
}

// cellPath draws one hexagon, point up.
func cellPath(x, y float64) string {
	const shoulder = cellRadius / 2
	return fmt.Sprintf("M%.1f %.1fl%.1f %.1fv%.1fl-%.1f %.1f-%.1f-%.1fv-%.1fz",
		x, y-cellRadius, cellHalfWidth, shoulder, cellRadius,
		cellHalfWidth, shoulder, cellHalfWidth, shoulder, cellRadius)
}

// combIcon is what stands in a full cell.
type combIcon struct {
	name        string
	row, column int
	size        float64
}

func combIcons() []combIcon {
	const size = 28
	const heart = 32
	return []combIcon{
		{"hexagon", 4, 4, heart},
		{"book-open", 3, 3, size},
		{"message-circle", 3, 4, size},
		{"file-text", 4, 3, size},
		{"calendar", 4, 5, size},
		{"circle-check", 5, 3, size},
		{"users", 5, 4, size},
	}
}

func (c combIcon) corner() (x, y string) {
	cx, cy := cellCentre(c.row, c.column)
	return fmt.Sprintf("%.1f", cx-c.size/2), fmt.Sprintf("%.1f", cy-c.size/2)
}

// class sets the icon of the heart apart: it stands on honey.
func (c combIcon) class() string {
	if c.name == "hexagon" {
		return "icon comb-heart-icon"
	}
	return "icon"
}

func (c combIcon) x() string     { x, _ := c.corner(); return x }
func (c combIcon) y() string     { _, y := c.corner(); return y }
func (c combIcon) width() string { return fmt.Sprintf("%.0f", c.size) }

func combViewBox() string { return fmt.Sprintf("0 0 %d %d", combWidth, combHeight) }
