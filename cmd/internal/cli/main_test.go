package cli_test

import (
	"flag"
	"os"
	"os/exec"
	"testing"

	"vendorwatch/cmd/internal/cli"
)

// asProgram is the environment variable that makes the test binary be vendorwatch, so that tests can run
// the whole program in a process of its own, signals and all.
const asProgram = "VENDORWATCH_TEST_RUN_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		// More than there are processors: most of the time these tests wait for a schedule.
		flag.Set("test.parallel", "12")
	}
	os.Exit(m.Run())
}

// program is vendorwatch with these arguments, to be run in a folder with nothing of the tester's own
// environment but what is named.
func program(dir string, env []string, args ...string) *exec.Cmd {
	binary, err := os.Executable()
	if err != nil {
		binary = os.Args[0]
	}
	c := exec.Command(binary, args...)
	c.Dir = dir
	c.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	return c
}
