// Package cmd is the command tree of segctl: flags become options, people are asked what has to be asked, and results are
// printed. What a command does is done by the packages below, which print nothing; why it failed is put into words by
// package problem.
package cmd

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// App is what commands need of the world around them. The zero values of the optional fields mean the real thing, and
// everything behind the settings is made when it is first asked for.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) (string, bool) // looks up a variable, as os.LookupEnv does
	Now      func() time.Time

	Transport http.RoundTripper                           // nil: HTTP, through the proxy that the environment names
	OpenURL   func(ctx context.Context, url string) error // nil: the command in BROWSER, or the system's browser
	Store     install.Store                               // nil: the one that the setting `store` names

	listening func(addr string) // is told when `serve` listens; nil: nobody is

	args     []string          // of the command line
	flags    globalFlags       // those that every command takes
	bound    map[string]string // settings that were given as flags, by key
	command  []string          // that runs, such as dest get; for hints
	covers   string            // what the install in use covers, where it does not cover all of a workspace; for errors
	context  []problem.Flag    // flags that say in which context it runs; for hints
	redactor secret.Redactor
	noHelp   error // that --help was asked of something that is no command

	once      sync.Once
	transport *wire.Transport
	settings  *config.Settings
	world     *account.World
	postgres  *postgres.Store // that machines share
}

// Main runs segctl as a process and returns its exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	app := &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: withheldEnvironment(), Now: time.Now}
	return app.Run(ctx, os.Args[1:])
}

// withheldEnvironment takes the variables that hold secrets out of the environment of the process, so that no child
// inherits one, and returns a look-up that still finds them.
func withheldEnvironment() func(string) (string, bool) {
	withheld := map[string]string{}
	for _, name := range config.SecretVariables() {
		if value, ok := os.LookupEnv(name); ok {
			withheld[name] = value
			_ = os.Unsetenv(name) // it fails for names with "=" in them alone
		}
	}
	return func(name string) (string, bool) {
		if value, ok := withheld[name]; ok {
			return value, true
		}
		return os.LookupEnv(name)
	}
}

// Root returns the command tree, for generating its documentation.
func Root() *cobra.Command {
	return newRoot(&App{In: os.Stdin, Out: io.Discard, Err: io.Discard, Env: os.LookupEnv, Now: time.Now})
}

// Run runs one command line and returns the exit status.
func (a *App) Run(ctx context.Context, args []string) int {
	a.args = args
	defer a.closeStore()
	root := newRoot(a)
	root.SetArgs(markBareSecrets(args))
	if err := root.ExecuteContext(ctx); err != nil {
		return a.fail(err)
	}
	if a.noHelp != nil {
		return a.fail(a.noHelp)
	}
	return problem.ExitOK
}

// env returns an environment variable, "" where it is not set.
func (a *App) env(name string) string {
	value, _ := a.Env(name)
	return value
}
