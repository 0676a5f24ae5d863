package segment

import (
	"slices"
	"strings"
)

// All returns the categories, the main one first.
func (c Categories) All() []string {
	all := append([]string{c.Primary, c.Secondary}, c.Additional...)
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// has reports whether a category is among them, in any case.
func (c Categories) has(category string) bool {
	return slices.ContainsFunc(c.All(), func(name string) bool { return strings.EqualFold(name, category) })
}

// mentions reports whether an entry has a text in what people know it by, in any case.
func (d *CatalogDestination) mentions(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{IDOf(d.Name), d.DisplayName, d.Description}, func(field string) bool {
		return strings.Contains(strings.ToLower(field), text)
	})
}

// SearchCatalog returns the entries that have a text in slug, name or description, and are in a category; "" is any. It
// is never nil.
func SearchCatalog(all []*CatalogDestination, text, category string) []*CatalogDestination {
	found := []*CatalogDestination{}
	for _, d := range all {
		if d.mentions(text) && (category == "" || d.Categories.has(category)) {
			found = append(found, d)
		}
	}
	return found
}

// CategoryNames returns the categories that entries of the catalog are in, sorted.
func CategoryNames(all []*CatalogDestination) []string {
	var names []string
	for _, d := range all {
		names = append(names, d.Categories.All()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
