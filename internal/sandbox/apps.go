package sandbox

import (
	"net/http"
	"strings"
)

// createApp is the early way to make an App.
func createApp(c *call) (any, error) {
	if err := c.parentExists(2); err != nil {
		return nil, err
	}
	var in struct {
		App struct {
			DisplayName  string   `json:"display_name"`
			Scope        string   `json:"scope"`
			Public       bool     `json:"public"`
			RedirectURIs []string `json:"redirect_uris"`
		} `json:"app"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := checkScope(in.App.Scope); err != nil {
		return nil, invalidArgument("invalid argument: %v", err)
	}
	if len(in.App.RedirectURIs) > 5 {
		return nil, invalidArgument("invalid argument: an App has up to five redirect URLs")
	}
	made := &app{
		Name: c.tx.next("apps"), DisplayName: in.App.DisplayName, Workspace: c.name(2), Scope: in.App.Scope,
		Public: in.App.Public, RedirectURLs: in.App.RedirectURIs, CreateTime: timestamp(c.server.now()),
		ClientID: newUUID(), ClientSecret: randomText(),
	}
	c.tx.putApp(made)
	return struct {
		Name         string   `json:"name"`
		Parent       string   `json:"parent"`
		DisplayName  string   `json:"display_name"`
		Scope        string   `json:"scope"`
		Public       bool     `json:"public"`
		RedirectURIs []string `json:"redirect_uris"`
		ClientID     string   `json:"client_id"`
		ClientSecret string   `json:"client_secret"`
		CreateTime   string   `json:"create_time"`
	}{
		made.Workspace + "/" + made.Name, made.Workspace, made.DisplayName, made.Scope, made.Public, made.RedirectURLs,
		made.ClientID, made.ClientSecret, made.CreateTime,
	}, nil
}

func (t *tx) putApp(a *app) {
	t.put(a.Name, a)
	t.put("clients/"+a.ClientID, a.Name)
}

// createAccessToken makes a personal token for whoever knows an e-mail address and its password.
func createAccessToken(c *call) (any, error) {
	email, password, _ := c.r.BasicAuth()
	who, ok := get[*user](c.tx, "users/"+email)
	if !ok || !sameSecret(password, who.Password) {
		c.header.Set("WWW-Authenticate", `Basic realm="segctl sandbox"`)
		return nil, unauthenticated("invalid e-mail address or password")
	}
	var in struct {
		AccessToken struct {
			Description    string   `json:"description"`
			Scopes         string   `json:"scopes"`
			WorkspaceNames []string `json:"workspace_names"`
		} `json:"access_token"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	asked := in.AccessToken
	if err := checkScope(asked.Scopes); err != nil || narrow(asked.Scopes) {
		return nil, invalidArgument("invalid argument: access_token.scopes is neither workspace nor workspace:read")
	}
	if len(asked.WorkspaceNames) == 0 {
		return nil, invalidArgument("invalid argument: access_token.workspace_names is empty")
	}
	for _, name := range asked.WorkspaceNames {
		if _, ok := get[*workspace](c.tx, name); !ok {
			return nil, notFound("workspace")
		}
	}
	name := c.tx.next("access-tokens")
	tok := &token{Value: newToken(), Name: name, Scope: asked.Scopes, Workspaces: asked.WorkspaceNames}
	c.tx.put("tokens/"+tok.Value, tok)
	c.tx.put(name, &document{Name: name})
	return struct {
		Name           string   `json:"name"`
		Description    string   `json:"description"`
		Scopes         string   `json:"scopes"`
		WorkspaceNames []string `json:"workspace_names"`
		Token          string   `json:"token"`
		CreateTime     string   `json:"create_time"`
	}{name, asked.Description, tok.Scope, tok.Workspaces, tok.Value, timestamp(c.server.now())}, nil
}

// undocumented stands for routes of which only the path is known: inventing an answer would mislead.
func undocumented(c *call) (any, error) {
	return nil, &apiError{
		http.StatusNotImplemented, 12,
		"segctl sandbox does not emulate " + strings.Join(c.words, "/") + ": the shape of its answer is not documented",
	}
}
