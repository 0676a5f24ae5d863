package cluster

import "os/exec"

// owner is nobody else here.
type owner struct{}

func ownerOf() (*owner, error) { return nil, nil }

func (*owner) own(string) error { return nil }

func (*owner) become(*exec.Cmd) {}
