package sandbox

// listWorkspaces answers only the workspaces of the token.
func listWorkspaces(c *call) (any, error) {
	items, next, err := page(c, "workspaces", func(w *workspace) bool { return c.token.sees(w.Name) })
	if err != nil {
		return nil, err
	}
	if c.server.quirk(quirkWorkspaces) == "object" && len(items) > 0 {
		return items[0], nil
	}
	return struct {
		Workspaces    []*workspace `json:"workspaces"`
		NextPageToken string       `json:"next_page_token"`
	}{items, next}, nil
}

func getWorkspace(c *call) (any, error) {
	w, ok := get[*workspace](c.tx, c.name(2))
	if !ok {
		return nil, notFound("workspace")
	}
	return w, nil
}
