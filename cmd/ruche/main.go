package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/config"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/logx"

	"ruche/internal/app"
)

// commands are the sub-commands, each with its flags.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Start the server."`
	Demo    demoCommand    `cmd:"" help:"Load the demonstration into an empty database, and exit."`
	Admin   adminCommand   `cmd:"" help:"Manage accounts from the terminal."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this program's schema, and exit."`
	Version versionCommand `cmd:"" help:"Say which program this is."`
	Doctor  doctorCommand  `cmd:"" help:"Check the settings, the database, the mail and the files, and say what is wrong."`
}

// version and commit are set by the build of a release (tools/release).
var version, commit string //nolint:gochecknoglobals // the linker sets them

// program is what every command is given.
type program struct {
	out, err io.Writer
	env      func(string) (string, bool)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &program{out: os.Stdout, err: os.Stderr, env: os.LookupEnv})
	stop()
	os.Exit(code)
}

// run executes a command line: 0 when it did what was asked, 1 when it could
// not, 2 when the command line or a setting is wrong.
func run(ctx context.Context, args []string, p *program) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("ruche"), kong.Writers(p.out, p.err), kong.Exit(func(code int) { exit = code }),
		kong.Description("A self-hosted collaborative platform: communities and projects in one program.\n\nSettings come from the environment:\n\n"+config.Usage()),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.UsageOnError(),
	)
	if err != nil {
		_, _ = fmt.Fprintln(p.err, "ruche:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help
	}
	if err != nil {
		_, _ = fmt.Fprintln(p.err, "ruche:", err)
		return 2
	}
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run(p)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(p.err, "ruche:", explain(err))
	if _, wrong := errors.AsType[*config.Error](err); wrong {
		return 2
	}
	return 1
}

// explain turns an error into what someone at a terminal can act on: the cause,
// which the pages hide, and the sentence people would read.
func explain(err error) string {
	fe, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	if fe.Cause != nil {
		return fe.Cause.Error()
	}
	c, cerr := config.Load(func(string) (string, bool) { return "", false })
	a, aerr := app.New(app.Options{Config: c, DB: &db.DB{}, Clock: clock.System(), Log: logx.Discard()})
	if cerr != nil || aerr != nil {
		return err.Error()
	}
	words := a.Catalog.Printer(i18n.English, nil)
	text := words.T(fe.Key, fe.Args...)
	for _, f := range fe.Fields {
		text += "\n  " + f.Name + ": " + words.T(f.Key, f.Args...)
	}
	return text
}

// open reads the settings and puts the program together over its database.
func (p *program) open(ctx context.Context, change func(*app.Options) error) (*app.App, error) {
	c, err := config.Load(p.env)
	if err != nil {
		return nil, err
	}
	secret, err := c.SecretKey()
	if err != nil {
		return nil, err
	}
	hasher, err := account.NewHasher()
	if err != nil {
		return nil, err
	}
	log := logx.New(p.err, logx.Options{Level: c.Log.Level, JSON: c.Log.JSON})
	for _, notice := range append(c.Notices(), config.Unknown(os.Environ())...) {
		log.WarnContext(ctx, "setting", "notice", notice)
	}
	o := app.Options{Config: c, Clock: clock.System(), Log: log, Hasher: hasher, Secret: secret}
	if change != nil {
		if err := change(&o); err != nil {
			return nil, err
		}
	}
	o.DB, err = db.Open(ctx, db.Config{URL: o.Config.DatabaseURL, Path: o.Config.DataDir + "/ruche.db"})
	if err != nil {
		return nil, err
	}
	a, err := app.New(o)
	if err == nil {
		err = a.Migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, o.DB.Close())
	}
	return a, nil
}
