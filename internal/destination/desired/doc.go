// Package desired reads and writes files that say what destinations should be on which installs: the desired state.
//
// A file is YAML, of which JSON is a part. Reading it decides everything that the file alone can tell, and each mistake is
// an [Error] with file, line and column that never quotes a value. Which install an entry means, and what becomes of it,
// is the caller's matter; the package sends nothing and prints nothing.
package desired
