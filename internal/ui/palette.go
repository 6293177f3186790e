package ui

// paletteKeys are the keys that open the palette, as aria-keyshortcuts lists them.
func paletteKeys(p Page) string {
	if p.Me != nil && p.Me.NoShortcuts {
		return "Control+K"
	}
	return "Control+K /"
}

// paletteKey is the one that is shown.
func paletteKey(p Page) string {
	if p.Me != nil && p.Me.NoShortcuts {
		return "Ctrl K"
	}
	return "/"
}
