package main

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// sprite joins the icons into one file of symbols. An icon is 24 × 24 and draws
// in strokes; colour and thickness come from the page.
func sprite(root string, out *output) error {
	files, err := filepath.Glob(filepath.Join(root, "web", "icons", "*.svg"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("web/icons has no icon")
	}
	var text strings.Builder
	text.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, file := range files {
		drawing, err := readIcon(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".svg")
		fmt.Fprintf(&text, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`, name, drawing)
	}
	text.WriteString("</svg>\n")
	out.add("sprite.svg", []byte(text.String()))
	return nil
}

// readIcon returns what stands inside the svg element of a file, without the
// white space between elements. It refuses anything that is not well formed or
// not 24 × 24, since the symbol would be drawn at the wrong size.
func readIcon(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var icon struct {
		ViewBox string `xml:"viewBox,attr"`
		Inner   string `xml:",innerxml"`
	}
	if err := xml.Unmarshal(data, &icon); err != nil {
		return "", err
	}
	if icon.ViewBox != "0 0 24 24" {
		return "", fmt.Errorf("viewBox is %q, not 0 0 24 24", icon.ViewBox)
	}
	lines := strings.Split(icon.Inner, "\n")
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(strings.TrimSpace(line), " />", "/>")
	}
	return strings.Join(lines, ""), nil
}

// copyFonts gives the fonts that the style has bundled a stable name, so that a
// page can ask for them early.
func copyFonts(root string, out *output) error {
	files, err := filepath.Glob(filepath.Join(root, "web", "fonts", "*.woff2"))
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Base(file)
		stem := strings.TrimSuffix(name, ".woff2") + "-"
		for built := range out.files {
			if strings.HasPrefix(built, stem) && strings.HasSuffix(built, ".woff2") && !strings.Contains(built[len(stem):], "-") {
				out.manifest["fonts/"+name] = built
			}
		}
		if out.manifest["fonts/"+name] == "" {
			return fmt.Errorf("web/fonts/%s is used by no style", name)
		}
	}
	return nil
}

// copyBrand copies the logo as the tab of a browser shows it.
func copyBrand(root string, out *output) error {
	files, err := filepath.Glob(filepath.Join(root, "web", "brand", "*.svg"))
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		out.add(filepath.Base(file), data)
	}
	return nil
}

// add keeps a file under its name with a hash of its content.
func (o *output) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	hash := base32.StdEncoding.EncodeToString(sum[:])[:8]
	ext := filepath.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + hash + ext
	o.files[hashed] = data
	o.manifest[name] = hashed
}

// write puts the files into dist: first the new ones, then the manifest, then
// what the last build left is removed. A server that serves the folder finds a
// whole build at any moment.
func (o *output) write(dist string) (err error) {
	if err := os.MkdirAll(dist, 0o750); err != nil {
		return err
	}
	folder, err := os.OpenRoot(dist)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	written := map[string]bool{".keep": true, manifestName: true}
	for name, data := range o.files {
		if name == manifestName {
			continue
		}
		versions, err := compressed(name, data)
		if err != nil {
			return err
		}
		versions[""] = data
		for ext, content := range versions {
			written[name+ext] = true
			if err := writeFile(folder, name+ext, content); err != nil {
				return err
			}
		}
	}
	if err := writeFile(folder, manifestName, o.files[manifestName]); err != nil {
		return err
	}
	return removeOthers(folder, written)
}

// writeFile writes a file aside and puts it in place whole.
func writeFile(folder *os.Root, name string, data []byte) error {
	if err := folder.MkdirAll(path.Dir(name), 0o750); err != nil {
		return err
	}
	partial := name + ".partial"
	if err := folder.WriteFile(partial, data, 0o644); err != nil {
		return err
	}
	return folder.Rename(partial, name)
}

func removeOthers(folder *os.Root, keep map[string]bool) error {
	return fs.WalkDir(folder.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || keep[name] {
			return err
		}
		return folder.Remove(name)
	})
}

// firstPage is what a first page loads of scripts and styles, in bytes, after
// brotli: app.css, app.js and what it imports at once.
func (o *output) firstPage() int {
	total := 0
	for name := range o.first {
		small, err := brotliOf(o.files[name])
		if err != nil {
			continue
		}
		total += len(small)
	}
	return total
}

// compressed returns the .br and .gz of a file, each only when it is smaller
// than the file. Fonts are compressed already.
func compressed(name string, data []byte) (map[string][]byte, error) {
	versions := map[string][]byte{}
	if strings.HasSuffix(name, ".woff2") {
		return versions, nil
	}
	for ext, pack := range map[string]func([]byte) ([]byte, error){".br": brotliOf, ".gz": gzipOf} {
		small, err := pack(data)
		if err != nil {
			return nil, fmt.Errorf("%s%s: %w", name, ext, err)
		}
		if len(small) < len(data) {
			versions[ext] = small
		}
	}
	return versions, nil
}

// pack runs data through a compressing writer.
func pack(data []byte, w io.WriteCloser) error {
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Close()
}
