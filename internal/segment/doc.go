// Package segment is a client of Segment's Config API: resource names, typed resources, errors, paging, retries and rate.
//
// It knows what Segment does on the wire and nothing of where a token comes from, where an install is kept, or how a
// result is shown. Resources keep the bytes they were read from, so that fields it has never heard of are passed on.
package segment
