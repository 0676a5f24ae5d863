// Package cmd is the command tree of segctl. It alone joins the leaves: it hands segment.Client a token source,
// install.Session a refresh function, and turns every error into a message, a hint and an exit code.
package cmd

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
)

// App is what commands need of the world around them. The zero values of the optional fields mean the real thing,
// and everything behind the settings is made when it is first asked for.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) (string, bool) // looks up a variable, as os.LookupEnv does
	Now      func() time.Time

	Transport http.RoundTripper                           // nil: HTTP, through the proxy that the environment names
	OpenURL   func(ctx context.Context, url string) error // nil: the command in BROWSER, or the system's browser
	Store     install.Store                               // nil: an index of names, with the secrets in the vault of the setting `store`

	root     *cobra.Command
	args     []string
	running  *cobra.Command // the command that runs, for its flags
	flags    globalFlags
	settings *config.Settings
	session  *install.Session
}

// Main runs segctl as a process and returns its exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	app := &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Now: time.Now}
	return app.Run(ctx, os.Args[1:])
}

// Root returns the command tree, for generating its documentation.
func Root() *cobra.Command {
	return newRoot(&App{In: os.Stdin, Out: io.Discard, Err: io.Discard, Env: os.LookupEnv, Now: time.Now})
}

// Run runs one command line and returns the exit status.
func (a *App) Run(ctx context.Context, args []string) int {
	a.args = args
	a.root = newRoot(a)
	a.root.SetArgs(markBareSecrets(args))
	err := a.root.ExecuteContext(ctx)
	if err == nil && a.session != nil {
		err = a.session.Unsaved()
	}
	if err == nil {
		return exitOK
	}
	return a.fail(err)
}

// env returns an environment variable, "" where it is not set.
func (a *App) env(name string) string {
	value, _ := a.Env(name)
	return value
}

// say prints words on standard error, unless --quiet.
func (a *App) say(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintln(a.Err, output.CleanText(fmt.Sprintf(format, args...)))
	}
}

// canPrompt reports whether a person can be asked something: there is a terminal, and --no-input was not given.
func (a *App) canPrompt() bool {
	return !a.flags.noInput && isTerminal(a.In) && isTerminal(a.Err)
}

// width returns the columns of the terminal, 0 where there is none.
func (a *App) width() int {
	f, ok := a.Out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// isTerminal reports whether a stream is one.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
