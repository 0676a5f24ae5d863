// Package rawapi makes any request of the Config API of words: a method, a path or URL, fields, headers and a body, as a
// command line gives them. It knows nothing of flags, terminals and output; what is read of files comes by a function.
package rawapi
