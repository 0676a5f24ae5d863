// Package destination reads and changes a destination on an account: what is asked for becomes a plan, typed and checked
// by the catalog, and a plan that is carried out becomes a result, with what changed.
//
// The package prints nothing and asks nobody. What it hands out for showing is masked here, by the one judge of package
// secret; how it is laid out is the caller's matter.
package destination
