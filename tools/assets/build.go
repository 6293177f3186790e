package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// output is everything that goes to dist, in memory, so that a build that fails
// touches nothing.
type output struct {
	files    map[string][]byte // name in dist, content
	manifest map[string]string // stable name, name in dist
	first    map[string]bool   // names in dist of what every page loads of scripts and styles
}

func build(root string) (*output, error) {
	out := &output{files: map[string][]byte{}, manifest: map[string]string{}, first: map[string]bool{}}
	steps := []func(string, *output) error{bundle, sprite, copyFonts, copyBrand}
	for _, step := range steps {
		if err := step(root, out); err != nil {
			return nil, err
		}
	}
	manifest, err := json.MarshalIndent(out.manifest, "", "  ")
	if err != nil {
		return nil, err
	}
	out.files[manifestName] = append(manifest, '\n')
	return out, nil
}

const manifestName = "manifest.json"

// bundle runs esbuild over the scripts and the styles. Browsers of the last two
// years are the target: Chromium, Firefox ESR, Safari 17.
func bundle(root string, out *output) error {
	entries, err := entryPoints(root)
	if err != nil {
		return err
	}
	dist := filepath.Join(root, "web", "dist")
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:       root,
		EntryPointsAdvanced: entries,
		Outdir:              dist,
		EntryNames:          "[dir]/[name]-[hash]",
		ChunkNames:          "chunk-[hash]",
		AssetNames:          "[name]-[hash]",
		Bundle:              true,
		Splitting:           true,
		Format:              api.FormatESModule,
		Charset:             api.CharsetUTF8,
		LegalComments:       api.LegalCommentsNone,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		Metafile:            true,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "123"},
			{Name: api.EngineFirefox, Version: "128"},
			{Name: api.EngineSafari, Version: "17.5"},
		},
		Loader:  map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderDataURL},
		Plugins: []api.Plugin{featureStyles(root)},
	})
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		return buildFailure(append(result.Errors, result.Warnings...))
	}
	for _, file := range result.OutputFiles {
		name, err := filepath.Rel(dist, file.Path)
		if err != nil {
			return err
		}
		out.files[filepath.ToSlash(name)] = file.Contents
	}
	return out.nameEntries(result.Metafile, entries)
}

func buildFailure(messages []api.Message) error {
	lines := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return errors.New(strings.TrimSpace(strings.Join(lines, "\n")))
}

// entryPoints lists the scripts and the style to bundle, with the stable name
// (without its extension) that each goes by.
func entryPoints(root string) ([]api.EntryPoint, error) {
	entries := []api.EntryPoint{
		{InputPath: "web/src/app.ts", OutputPath: "app"},
		{InputPath: "web/src/app.css", OutputPath: "app"},
	}
	islands, err := featureFiles(root, ".ts")
	if err != nil {
		return nil, err
	}
	for _, file := range islands {
		if strings.HasSuffix(file, ".test.ts") || strings.HasSuffix(file, ".d.ts") {
			continue
		}
		feature := filepath.Base(filepath.Dir(file))
		name := strings.TrimSuffix(filepath.Base(file), ".ts")
		entries = append(entries, api.EntryPoint{InputPath: file, OutputPath: feature + "/" + name})
	}
	return entries, nil
}

// featureFiles returns internal/features/*/*ext, relative to the root, in
// order, with forward slashes.
func featureFiles(root, ext string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(root, "internal", "features", "*", "*"+ext))
	if err != nil {
		return nil, err
	}
	for i, file := range found {
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return nil, err
		}
		found[i] = filepath.ToSlash(relative)
	}
	slices.Sort(found)
	return found, nil
}

// featureStyles makes `@import "ruche:features.css"` stand for the styles of
// all the features, so that a feature is deleted by deleting its folder.
func featureStyles(root string) api.Plugin {
	const name, namespace = "ruche:features.css", "features"
	return api.Plugin{Name: "feature-styles", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^" + name + "$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: name, Namespace: namespace}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			files, err := featureFiles(root, ".css")
			if err != nil {
				return api.OnLoadResult{}, err
			}
			var imports strings.Builder
			for _, file := range files {
				fmt.Fprintf(&imports, "@import %q;\n", "./"+file)
			}
			text := imports.String()
			return api.OnLoadResult{Contents: &text, ResolveDir: root, Loader: api.LoaderCSS}, nil
		})
	}}
}

// nameEntries finds in esbuild's metafile which file each entry point became.
func (o *output) nameEntries(metafile string, entries []api.EntryPoint) error {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
			Imports    []struct {
				Path string `json:"path"`
				Kind string `json:"kind"`
			} `json:"imports"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return fmt.Errorf("esbuild's metafile: %w", err)
	}
	stable := map[string]string{}
	for _, entry := range entries {
		stable[entry.InputPath] = entry.OutputPath
	}
	for path, file := range meta.Outputs {
		if name, ok := stable[file.EntryPoint]; ok {
			o.manifest[name+filepath.Ext(path)] = strings.TrimPrefix(path, "web/dist/")
		}
	}
	for _, entry := range entries {
		ext := ".js"
		if strings.HasSuffix(entry.InputPath, ".css") {
			ext = ".css"
		}
		if _, ok := o.manifest[entry.OutputPath+ext]; !ok {
			return fmt.Errorf("%s was bundled to nothing", entry.InputPath)
		}
	}
	waiting := []string{o.manifest["app.js"], o.manifest["app.css"]}
	for len(waiting) > 0 {
		name := waiting[0]
		waiting = waiting[1:]
		if o.first[name] {
			continue
		}
		o.first[name] = true
		for _, i := range meta.Outputs["web/dist/"+name].Imports {
			if i.Kind == "import-statement" {
				waiting = append(waiting, strings.TrimPrefix(i.Path, "web/dist/"))
			}
		}
	}
	return nil
}

// fingerprint sums up the names, sizes and times of the sources.
func fingerprint(root string) (string, error) {
	var sum strings.Builder
	for _, folder := range []string{"web/src", "web/icons", "web/fonts", "web/brand", "internal/features"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry os.DirEntry, err error) error {
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			if err != nil || entry.IsDir() {
				return err
			}
			switch filepath.Ext(path) {
			case ".ts", ".css", ".svg", ".woff2":
			default:
				return nil
			}
			info, err := entry.Info()
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(&sum, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return sum.String(), nil
}
