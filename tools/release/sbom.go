package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

func sbomName(version string) string { return "ruche-" + version + ".cdx.json" }

// writeSBOM lists what a program is made of: the modules that it says it was built
// from, and the packages of its scripts, as package-lock.json pins them.
func writeSBOM(path, binary, version, commit string, at time.Time) (err error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("reading what the program is built from: %w", err)
	}
	parts := []cyclonedx.Component{{
		Type: cyclonedx.ComponentTypePlatform, BOMRef: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
		Name: "std", Version: strings.TrimPrefix(info.GoVersion, "go"), PackageURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		ref := "pkg:golang/" + m.Path + "@" + m.Version
		parts = append(parts, cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: ref, Name: m.Path, Version: m.Version, PackageURL: ref})
	}
	scripts, err := packages("package-lock.json")
	if err != nil {
		return err
	}
	parts = append(parts, scripts...)
	slices.SortFunc(parts, func(a, b cyclonedx.Component) int { return strings.Compare(a.BOMRef, b.BOMRef) })

	self := "pkg:golang/ruche@" + version
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: at.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			Type: cyclonedx.ComponentTypeApplication, BOMRef: self, Name: "ruche", Version: version, PackageURL: self,
			Licenses:   &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "EUPL-1.2"}}},
			Properties: &[]cyclonedx.Property{{Name: "vcs.revision", Value: commit}},
		},
	}
	bom.Components = &parts
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing what the program is made of: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := cyclonedx.NewBOMEncoder(out, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cyclonedx.SpecVersion1_6); err != nil {
		return fmt.Errorf("writing what the program is made of: %w", err)
	}
	return nil
}

// packages are those of npm that end up in the program: the tools of the build and of
// the tests are left out.
func packages(lock string) ([]cyclonedx.Component, error) {
	raw, err := os.ReadFile(lock)
	if err != nil {
		return nil, fmt.Errorf("reading the packages of the scripts: %w", err)
	}
	var pinned struct {
		Packages map[string]struct {
			Version, License string
			Dev              bool
		}
	}
	if err := json.Unmarshal(raw, &pinned); err != nil {
		return nil, fmt.Errorf("reading the packages of the scripts: %w", err)
	}
	var out []cyclonedx.Component
	for place, p := range pinned.Packages {
		if place == "" || p.Dev {
			continue
		}
		name := place[strings.LastIndex(place, "node_modules/")+len("node_modules/"):]
		ref := "pkg:npm/" + strings.ReplaceAll(url.PathEscape(name), "%2F", "/") + "@" + p.Version
		c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: ref, Name: name, Version: p.Version, PackageURL: ref}
		if p.License != "" {
			c.Licenses = &cyclonedx.Licenses{{License: &cyclonedx.License{Name: p.License}}}
		}
		out = append(out, c)
	}
	return out, nil
}
