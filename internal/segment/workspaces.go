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
	into := struct {
		*plain
		CreateTime anyTime `json:"create_time"`
	}{plain: (*plain)(w)}
	err := json.Unmarshal(data, &into)
	w.CreateTime = into.CreateTime.Time
	return err
}

func (w *Workspace) check() error { return checkName(w.Name, "workspace") }

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
	into := struct {
		*plain
		CreateTime anyTime `json:"create_time"`
	}{plain: (*plain)(s)}
	err := json.Unmarshal(data, &into)
	s.CreateTime = into.CreateTime.Time
	return err
}

func (s *Source) check() error { return checkName(s.Name, "source") }

// Workspaces lists what the token can see: one workspace, for an install's.
func (c *Client) Workspaces(ctx context.Context) iter.Seq2[*Workspace, error] {
	return list[Workspace](ctx, c, "workspaces", "workspaces")
}

// Workspace returns one workspace.
func (c *Client) Workspace(ctx context.Context, name Name) (*Workspace, error) {
	if err := name.mustBe("workspace"); err != nil {
		return nil, err
	}
	return get[Workspace](ctx, c, name.String())
}

// Sources lists the sources of a workspace.
func (c *Client) Sources(ctx context.Context, workspace Name) iter.Seq2[*Source, error] {
	if err := workspace.mustBe("workspace"); err != nil {
		return failed[*Source](err)
	}
	return list[Source](ctx, c, workspace.String()+"/sources", "sources")
}

// Source returns one source.
func (c *Client) Source(ctx context.Context, name Name) (*Source, error) {
	if err := name.mustBe("source"); err != nil {
		return nil, err
	}
	return get[Source](ctx, c, name.String())
}

// CreateSource creates a source of a kind from the catalog, such as "catalog/sources/javascript".
func (c *Client) CreateSource(ctx context.Context, name Name, catalogName string) (*Source, error) {
	if err := name.mustBe("source"); err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"source": map[string]string{"name": name.String(), "catalog_name": catalogName}})
	if err != nil {
		return nil, err
	}
	return read[Source](ctx, c, &Request{Method: http.MethodPost, Path: name.Parent().String() + "/sources", Body: body})
}

// DeleteSource deletes a source with all its destinations.
func (c *Client) DeleteSource(ctx context.Context, name Name) error {
	if err := name.mustBe("source"); err != nil {
		return err
	}
	_, err := c.Do(ctx, &Request{Method: http.MethodDelete, Path: name.String()})
	return err
}
