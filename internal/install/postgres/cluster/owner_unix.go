//go:build unix

package cluster

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the user that PostgreSQL runs as where this process is root.
type owner struct{ uid, gid int }

// ownerOf returns nil where PostgreSQL runs as the user of this process.
func ownerOf() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.Join(ErrMissing, err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	return &owner{uid, gid}, err
}

func (o *owner) own(folder string) error {
	if o == nil {
		return nil
	}
	return os.Chown(folder, o.uid, o.gid)
}

func (o *owner) become(cmd *exec.Cmd) {
	// A signal that is meant for this program, such as Ctrl-C, is not for the server: it is stopped after its users.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	if o != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
}
