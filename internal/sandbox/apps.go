package sandbox

// createApp is the early way to make an App.
func createApp(c *call) (any, error) {
	owner, err := c.appOwner()
	if err != nil {
		return nil, err
	}
	var in struct {
		App struct {
			DisplayName  string   `json:"display_name"`
			Scope        string   `json:"scope"`
			Public       bool     `json:"public"`
			RedirectURIs []string `json:"redirect_uris"`
			Description  string   `json:"description"`
			ClientURI    string   `json:"client_uri"`
			LogoURI      string   `json:"logo_uri"`
			TosURI       string   `json:"tos_uri"`
			PolicyURI    string   `json:"policy_uri"`
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
	if in.App.RedirectURIs == nil {
		in.App.RedirectURIs = []string{} // so that it is written out as the list that it is
	}
	made := &app{
		Name: c.tx.next("apps"), DisplayName: in.App.DisplayName, Workspace: owner, Scope: in.App.Scope,
		Public: in.App.Public, RedirectURLs: in.App.RedirectURIs, CreateTime: timestamp(c.server.now()),
		Description: in.App.Description, ClientURI: in.App.ClientURI, LogoURI: in.App.LogoURI,
		TosURI: in.App.TosURI, PolicyURI: in.App.PolicyURI,
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
		Description  string   `json:"description"`
		ClientURI    string   `json:"client_uri"`
		LogoURI      string   `json:"logo_uri"`
		TosURI       string   `json:"tos_uri"`
		PolicyURI    string   `json:"policy_uri"`
		ClientID     string   `json:"client_id"`
		ClientSecret string   `json:"client_secret"`
		CreateTime   string   `json:"create_time"`
	}{
		made.Workspace + "/" + made.Name, made.Workspace, made.DisplayName, made.Scope, made.Public, made.RedirectURLs,
		made.Description, made.ClientURI, made.LogoURI, made.TosURI, made.PolicyURI,
		made.ClientID, made.ClientSecret, made.CreateTime,
	}, nil
}

// appOwner is the workspace of the path; for the path without one the first that the token is for.
func (c *call) appOwner() (string, error) {
	if len(c.words) > 2 {
		_, err := getWorkspace(c)
		return c.name(2), err
	}
	for _, w := range list[*workspace](c.tx, "workspaces") {
		if c.token.sees(w.Name) {
			return w.Name, nil
		}
	}
	return "", notFound("workspace")
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
