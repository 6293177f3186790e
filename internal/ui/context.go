package ui

import (
	"context"
	"embed"
	"io/fs"
	"time"
)

//go:embed catalogue/*.json
var catalogue embed.FS

// Catalogue returns the words of the components, fr.json and en.json at the
// root, for i18n.New.
func Catalogue() fs.FS {
	words, err := fs.Sub(catalogue, "catalogue")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return words
}

// Env is what components need to know of the request, besides its language.
type Env struct {
	// Asset gives the address of a built file by its stable name, such as
	// "sprite.svg" or "blog/editor.js". Nil: the name under /assets/.
	Asset func(name string) string
	// Theme is the address of the stylesheet of the operator's theme; empty for none.
	Theme string
	// Now is the time of the request, from which relative times are told. Zero:
	// times are written in full.
	Now time.Time
}

type envKey struct{}

// With returns a context in which components find env.
func With(ctx context.Context, env Env) context.Context {
	return context.WithValue(ctx, envKey{}, env)
}

func envOf(ctx context.Context) Env {
	env, ok := ctx.Value(envKey{}).(Env)
	if !ok {
		return Env{}
	}
	return env
}

// theme is the address of the operator's theme; empty for none.
func theme(ctx context.Context) string { return envOf(ctx).Theme }

// Asset returns the address of a built file by its stable name.
func Asset(ctx context.Context, name string) string {
	if asset := envOf(ctx).Asset; asset != nil {
		return asset(name)
	}
	return "/assets/" + name
}

// Now is the instant at which the page is asked for.
func Now(ctx context.Context) time.Time { return envOf(ctx).Now }
