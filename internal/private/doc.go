// Package private keeps files that belong to one user: in folders that only their owner can look into, each replaced in
// one step, and with locks that hold between processes.
//
// It trusts nothing that it finds. A symbolic link, or something that others own or can change, is refused, and what is
// checked is the opened file, so that it cannot be swapped after the check. The owner must be the user of this process,
// or root.
//
// It knows nothing of what is in the files, and imports no other package of ours.
package private
