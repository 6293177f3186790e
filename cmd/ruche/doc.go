// Command ruche is the whole platform: the server, its administration from a
// terminal, migrations and a check-up. `ruche --help` and `ruche COMMAND --help`
// document every command; settings are read from the environment
// (docs/settings.md).
package main
