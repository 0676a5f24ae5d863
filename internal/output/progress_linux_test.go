package output

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A terminal that does not know its size is taken for one of the usual size: a bar that is cut to no line is none.
func TestProgressOnATerminalOfUnknownSize(t *testing.T) {
	t.Parallel()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	c := newConsole(terminal, 0)
	if width, height, err := c.GetTermSize(); width != 80 || height != 24 || err != nil {
		t.Errorf("%d × %d, %v", width, height, err)
	}
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 200, Row: 50}); err != nil {
		t.Fatal(err)
	}
	if width, height, err := c.GetTermSize(); width != 200 || height != 50 || err != nil {
		t.Errorf("resized, it is %d × %d, %v", width, height, err)
	}
}
