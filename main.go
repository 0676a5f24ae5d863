// Command segctl is the command line for "Enable with Segment".
package main

import (
	"os"

	"github.com/segctl/segctl/cmd"
)

func main() { os.Exit(cmd.Main()) }
