package cli_test

import (
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"vendorwatch/cmd/internal/cli"
)

// TestMain makes vendorwatch a program that the tests find on their PATH, so that they can run it whole, in
// a process of its own, signals and all.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"vendorwatch": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// tests runs more tests at a time than there are processors: mostly they wait for a schedule.
type tests struct{ *testing.M }

func (m tests) Run() int {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		flag.Set("test.parallel", "12")
	}
	return m.M.Run()
}

// program is vendorwatch with these arguments, to be run in a folder with nothing of the tester's own
// environment but what is named.
func program(dir string, env []string, args ...string) *exec.Cmd {
	c := exec.Command("vendorwatch", args...)
	c.Dir = dir
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	return c
}
