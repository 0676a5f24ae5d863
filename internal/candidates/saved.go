package candidates

import (
	"strings"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// Installs are the names of installs, then their labels, then the places that choose them.
func Installs(cards []install.Card) []string {
	var found List
	for _, card := range cards {
		found.Add(card.Name, joined(card.Label, card.Place()))
	}
	for _, card := range cards {
		if card.Label != "" {
			found.Add(card.Label, joined(card.Name, card.Place()))
		}
	}
	for _, card := range cards {
		for _, place := range placesOf(card) {
			found.Add(place, joined(card.Name, card.Label))
		}
	}
	return found.All
}

// joined lists the texts that are not empty.
func joined(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, ", ")
}

// placesOf returns the places that choose an install: its sources, or its workspaces where it has none.
func placesOf(card install.Card) []string {
	var places []string
	for _, name := range card.Sources {
		if parsed, err := segment.ParseName(name); err == nil && parsed.Source != "" {
			places = append(places, parsed.Workspace+"/"+parsed.Source)
		}
	}
	if len(places) > 0 {
		return places
	}
	for _, name := range card.Workspaces {
		if parsed, err := segment.ParseName(name); err == nil {
			places = append(places, parsed.Workspace)
		}
	}
	return places
}

// Sources are the slugs of sources, of which the full names are given, or with whole those names.
func Sources(names []string, whole bool) []string {
	var found List
	for _, name := range names {
		parsed, err := segment.ParseName(name)
		switch {
		case err != nil || parsed.Source == "":
		case whole:
			found.Add(name, "")
		default:
			found.Add(parsed.Source, name)
		}
	}
	return found.All
}

// Workspaces are the slugs of workspaces, of which the full names are given.
func Workspaces(names []string) []string {
	var found List
	for _, name := range names {
		if parsed, err := segment.ParseName(name); err == nil {
			found.Add(parsed.Workspace, "")
		}
	}
	return found.All
}

// Settings are the settings of a destination of the catalog, each followed by suffix.
func Settings(known []destination.Known, slug, suffix string) []string {
	var found []string
	for _, d := range known {
		if d.Slug != slug {
			continue
		}
		for _, setting := range d.Settings {
			about := strings.ToLower(setting.Type)
			if setting.Required {
				about += ", required"
			}
			found = append(found, Described(setting.Name+suffix, setting.Title+" ("+about+")"))
		}
	}
	return found
}
