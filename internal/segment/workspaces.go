package segment

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"
)

// Workspace is one workspace.
type Workspace struct {
	Name        string    `json:"name"`
	DisplayName string    `json:"display_name"`
	ID          string    `json:"id"`
	CreateTime  time.Time `json:"create_time"`

	raw
}

// UnmarshalJSON also keeps the bytes.
func (w *Workspace) UnmarshalJSON(data []byte) error {
	type plain Workspace
	w.keep(data)
	return json.Unmarshal(data, (*plain)(w))
}

// Source is one source of a workspace.
type Source struct {
	Name        string    `json:"name"`
	Parent      string    `json:"parent"`
	CatalogName string    `json:"catalog_name"`
	WriteKeys   []string  `json:"write_keys"`
	CreateTime  time.Time `json:"create_time"`

	raw
}

// UnmarshalJSON also keeps the bytes.
func (s *Source) UnmarshalJSON(data []byte) error {
	type plain Source
	s.keep(data)
	return json.Unmarshal(data, (*plain)(s))
}

// Workspaces lists what the token can see: one workspace, for an install's.
func (c *Client) Workspaces(ctx context.Context) iter.Seq2[*Workspace, error] {
	return list[Workspace](ctx, c, "workspaces", "workspaces")
}

// Workspace returns one workspace.
func (c *Client) Workspace(ctx context.Context, name Name) (*Workspace, error) {
	return get[Workspace](ctx, c, Name{Workspace: name.Workspace}.String())
}

// Sources lists the sources of a workspace.
func (c *Client) Sources(ctx context.Context, workspace Name) iter.Seq2[*Source, error] {
	return list[Source](ctx, c, Name{Workspace: workspace.Workspace}.String()+"/sources", "sources")
}

// Source returns one source.
func (c *Client) Source(ctx context.Context, name Name) (*Source, error) {
	return get[Source](ctx, c, Name{Workspace: name.Workspace, Source: name.Source}.String())
}

// CreateSource creates a source of a kind from the catalog, such as "catalog/sources/javascript".
func (c *Client) CreateSource(ctx context.Context, name Name, catalogName string) (*Source, error) {
	body, err := json.Marshal(map[string]any{"source": map[string]string{"name": name.String(), "catalog_name": catalogName}})
	if err != nil {
		return nil, err
	}
	s := &Source{}
	r := &Request{Method: http.MethodPost, Path: name.Parent().String() + "/sources", Body: body}
	return s, c.decode(ctx, r, s)
}

// DeleteSource deletes a source with all its destinations.
func (c *Client) DeleteSource(ctx context.Context, name Name) error {
	_, err := c.Do(ctx, &Request{Method: http.MethodDelete, Path: name.String()})
	return err
}
