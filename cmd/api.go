package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/rawapi"
	"github.com/segctl/segctl/internal/segment"
)

// apiFlags are the flags of `segctl api`.
type apiFlags struct {
	place   placeFlags
	line    rawapi.Line
	include bool
}

func newAPI(app *App) *cobra.Command {
	var flags apiFlags
	c := &cobra.Command{
		Use:   "api [METHOD] PATH",
		Short: "Send any request to the Config API",
		Long: `Api sends a request to PATH below /v1beta and prints the answer as it came, on a terminal indented and in
colour. METHOD is GET, or POST where there are fields or an input. PATH may be a whole URL of the API; one of another
server is refused, for the token goes with it.

In PATH, {workspace}, {source}, {destination} and {install} stand for the ids of the current install.

Fields make a JSON body. a[b]=1 nests an object, a[]=1 appends to a list, a[][b]=1 appends an object. The value of
-f is true, false, null, a number, a JSON object or list where it reads as one, the text of a file with @FILE or
of standard input with @-, and else a string; that of -F is a string always. With GET, or beside --input, the
fields go into the query.

installs/ID/token is a refresh: it is authenticated with the App's client id and secret, sent once, and the old
token dies. The new one is kept if the install is saved, and printed in any case.

An answer that is not a success is printed as well, and the exit status tells which it was.`,
		Example: `  segctl api workspaces/{workspace}/sources --paginate --jq '.sources[].name'
  segctl api workspaces/{workspace}/sources \
    -F 'source[name]=workspaces/acme/sources/net' -F 'source[catalog_name]=catalog/sources/net'
  segctl api PATCH workspaces/acme/sources/js/destinations/clearbrain --input body.json
  segctl api DELETE workspaces/acme/sources/net -i`,
		Args: func(c *cobra.Command, args []string) error { return checkArgs(c, args, 1, 2) },
		RunE: func(c *cobra.Command, args []string) error { return app.api(c, args, &flags) },
	}
	flags.place.add(c.Flags())
	c.Flags().VarP(fieldFlag{&flags.line.Fields, true}, "field", "f", "field of the request, its value typed (repeatable)")
	c.Flags().VarP(fieldFlag{&flags.line.Fields, false}, "raw-field", "F", "field of the request, a string (repeatable)")
	c.Flags().StringVar(&flags.line.Input, "input", "", "`file` with the body, - for standard input")
	c.Flags().StringArrayVarP(&flags.line.Headers, "header", "H", nil, "`header` of the request, as 'Name: value' (repeatable)")
	c.Flags().BoolVar(&flags.line.Paginate, "paginate", false, "follow next_page_token and join the pages")
	c.Flags().BoolVarP(&flags.include, "include", "i", false, "print the status line and the headers of the answer too")
	return c
}

// api runs the command. A refresh needs no account: the install may not be saved here, and its token is about to die.
func (a *App) api(c *cobra.Command, args []string, flags *apiFlags) error {
	printer, err := a.apiPrinter(c, flags.include)
	if err != nil {
		return err
	}
	r, err := a.apiRequest(args, flags)
	if err != nil {
		return err
	}
	if segment.Refreshed(r.Path) != "" && !rawapi.HasPlaceholders(r.Path) {
		return a.sendRefresh(c.Context(), r, printer)
	}
	return a.With(c, flags.place, func(ctx context.Context, acc *account.Account) error {
		if err := rawapi.Fill(ctx, acc, r, flags.place.place()); err != nil {
			return err
		}
		switch {
		case segment.Refreshed(r.Path) != "":
			return a.sendRefresh(ctx, r, printer)
		case flags.line.Paginate:
			answer, err := acc.API().JoinPages(ctx, r, printer.head)
			return printer.result(ctx, r, answer, err)
		}
		answer, err := acc.API().Do(ctx, r)
		return printer.single(ctx, r, answer, err)
	})
}

// apiRequest turns the command line into a request. The placeholders of its path are still to be filled.
func (a *App) apiRequest(args []string, flags *apiFlags) (*segment.Request, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, err
	}
	source := rawapi.Source{Read: a.ReadInput}
	_, source.API = s.Server()
	if a.flags.tokenStdin {
		source.Stdin = []string{"--token-stdin"}
	}
	flags.line.Args = args
	return flags.line.Request(source)
}

// sendRefresh sends the refresh that GET installs/ID/token is.
func (a *App) sendRefresh(ctx context.Context, r *segment.Request, printer *apiPrinter) error {
	name, err := rawapi.Refresh(r)
	if err != nil {
		return err
	}
	w, err := a.World()
	if err != nil {
		return err
	}
	answer, err := w.RefreshRaw(ctx, name)
	return printer.single(ctx, r, answer, err)
}

// fieldFlag appends to one list for both flags, for their order counts: a[][x]=1 begins an object that a[][y]=2 goes on.
type fieldFlag struct {
	fields *[]rawapi.Field
	typed  bool
}

func (f fieldFlag) Set(text string) error {
	field, err := rawapi.ParseField(text, f.typed)
	if err == nil {
		*f.fields = append(*f.fields, field)
	}
	return err
}

func (fieldFlag) String() string     { return "" }
func (fieldFlag) Type() string       { return "key=value" }
func (fieldFlag) IsRepeatable() bool { return true }
