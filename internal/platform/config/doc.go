// Package config reads the settings of a Ruche instance from its environment.
//
// There is one struct, Config, whose tags are the only place that names a
// variable, its default, its help and what it accepts. Load fills it, `go run
// ./tools/settings` writes docs/settings.md from it, and Usage prints it for
// --help.
//
// The tags env, default and help are spelled as kong spells them, but the
// struct is not embedded in the command line: kong stops at the first wrong
// value, shows it in clear, and knows no _FILE variant. Sub-commands and their
// flags are kong's; settings are Load's.
//
// A secret may be given by a file instead: RUCHE_SECRET_FILE names a file that
// holds RUCHE_SECRET, as container orchestrators mount them.
//
// The package opens nothing but those files and the generated secret in the
// data folder (Config.SecretKey). Its messages are English: they are read in a
// terminal or in a journal, before any language is known.
package config
