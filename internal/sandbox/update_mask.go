package sandbox

import "strings"

// updateMask names the fields that an update may touch: a path without a value clears its field, a value without a
// path changes nothing (Segment Config API, update masks).
type updateMask struct {
	Paths []string `json:"paths"`
}

// fields returns the mask's paths without the resource's own name in front, which some clients send and some do not.
// A path that is not one of known is an invalid argument.
func (m updateMask) fields(resource string, known ...string) (map[string]bool, error) {
	fields := make(map[string]bool, len(m.Paths))
	for _, path := range m.Paths {
		field := strings.TrimPrefix(path, resource+".")
		ok := false
		for _, k := range known {
			ok = ok || k == field
		}
		if !ok {
			return nil, invalidArgument("invalid argument: update_mask path %q is none of %s", path, strings.Join(known, ", "))
		}
		fields[field] = true
	}
	return fields, nil
}
