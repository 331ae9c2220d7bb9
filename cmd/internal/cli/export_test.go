package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// CommandNames are the commands that do something, without the name of the program.
func CommandNames() []string {
	var names []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, below := range c.Commands() {
			if len(below.Commands()) == 0 {
				names = append(names, strings.TrimPrefix(below.CommandPath(), "vendorwatch "))
			}
			walk(below)
		}
	}
	walk((&app{}).root())
	return names
}
