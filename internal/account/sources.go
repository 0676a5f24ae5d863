package account

import (
	"context"

	"github.com/segctl/segctl/internal/segment"
)

// AllSources returns all the sources that an install may be for: those that are known of it, else all of its workspaces.
func (a *Account) AllSources(ctx context.Context) ([]segment.Name, error) {
	texts := a.card.Sources
	if len(texts) == 0 {
		workspaces, err := a.workspaces(ctx)
		if err != nil {
			return nil, err
		}
		for _, workspace := range workspaces {
			sources, err := a.Sources(ctx, workspace)
			if err != nil {
				return nil, err
			}
			for _, s := range sources {
				texts = append(texts, s.Name)
			}
		}
	}
	return parseNames(texts)
}

// workspaces returns the workspaces of the install, else those that the token sees.
func (a *Account) workspaces(ctx context.Context) ([]segment.Name, error) {
	if len(a.card.Workspaces) > 0 {
		return parseNames(a.card.Workspaces)
	}
	workspaces, err := a.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(workspaces))
	for i, w := range workspaces {
		texts[i] = w.Name
	}
	return parseNames(texts)
}

func parseNames(texts []string) ([]segment.Name, error) {
	names := make([]segment.Name, len(texts))
	for i, text := range texts {
		var err error
		if names[i], err = segment.ParseName(text); err != nil {
			return nil, err
		}
	}
	return names, nil
}
