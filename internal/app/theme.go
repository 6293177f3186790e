package app

import (
	"fmt"
	"io/fs"
	"os"

	"ruche/internal/platform/web"
)

const (
	themePath = "/theme/"
	themeFile = "theme.css"
)

// mountTheme serves the operator's theme, if there is one, and returns the address of
// its stylesheet. A folder without one stops the start: it would be a theme that nobody
// sees.
func (a *App) mountTheme() (string, error) {
	if a.Config.ThemeDir == "" {
		return "", nil
	}
	folder := os.DirFS(a.Config.ThemeDir)
	if _, err := fs.Stat(folder, themeFile); err != nil {
		return "", fmt.Errorf("RUCHE_THEME_DIR: no %s in the folder: %w", themeFile, err)
	}
	files := web.NewFolder(themePath, folder)
	a.Router.Handle("GET", themePath+"{path...}", web.Gate{Action: "public"}, files.Serve, web.Quiet())
	return files.Asset(themeFile), nil
}
