package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/segment"
)

// apiFlags are the flags of `segctl api`.
type apiFlags struct {
	place    placeFlags
	fields   []apiField
	input    string
	headers  []string
	paginate bool
	include  bool
}

func newAPI(app *App) *cobra.Command {
	var flags apiFlags
	c := &cobra.Command{
		Use:   "api [METHOD] PATH",
		Short: "Send any request to the Config API",
		Long: `Api sends a request to PATH below /v1beta and prints the answer as it came. METHOD is GET, or POST where
there are fields or an input.

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
	c.Flags().VarP(fieldFlag{&flags.fields, true}, "field", "f", "field of the request, its value typed (repeatable)")
	c.Flags().VarP(fieldFlag{&flags.fields, false}, "raw-field", "F", "field of the request, a string (repeatable)")
	c.Flags().StringVar(&flags.input, "input", "", "`file` with the body, - for standard input")
	c.Flags().StringArrayVarP(&flags.headers, "header", "H", nil, "`header` of the request, as 'Name: value' (repeatable)")
	c.Flags().BoolVar(&flags.paginate, "paginate", false, "follow next_page_token and join the pages")
	c.Flags().BoolVarP(&flags.include, "include", "i", false, "print the status line and the headers of the answer too")
	return c
}

// api runs the command. Whatever came back is printed before the error that it stands for is returned.
func (a *App) api(c *cobra.Command, args []string, flags *apiFlags) error {
	ctx := c.Context()
	printer, err := a.apiPrinter(c, flags.include)
	if err != nil {
		return err
	}
	r, err := a.apiRequest(ctx, args, flags)
	if err != nil {
		return err
	}
	answer, err := a.apiAnswer(ctx, r, flags.paginate, printer.head)
	switch {
	case err == nil:
		return printer.body(ctx, answer.Body)
	case answer != nil:
		err = errors.Join(err, printer.refusal(ctx, answer.Body))
	}
	return fmt.Errorf("%s %s: %w", r.Method, r.Path, err)
}

// apiAnswer sends the request and returns the answer, beside an error where it is no success. seen is told of each answer
// that the server gave.
func (a *App) apiAnswer(ctx context.Context, r *segment.Request, paginate bool, seen func(*segment.Response) error) (*segment.Response, error) {
	var answer *segment.Response
	var err error
	if name := refreshed(r); name != "" {
		answer, err = a.refreshAnswer(ctx, name, r)
	} else {
		var client *segment.Client
		if client, err = a.client(ctx); err != nil {
			return nil, err
		}
		if paginate {
			return allPages(ctx, client, r, seen)
		}
		answer, err = client.Do(ctx, r)
	}
	if answer != nil {
		err = errors.Join(err, seen(answer))
	}
	return answer, err
}

// hasBody reports whether fields of a request go into its body.
func hasBody(method string) bool { return method != http.MethodGet && method != http.MethodHead }
