// Command vendorwatch reads vendors' status pages, keeps their incidents in a SQLite file and tells
// what is new. See README.md.
package main

import (
	"os"

	"vendorwatch/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
