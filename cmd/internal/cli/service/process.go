package service

import (
	"crypto/rand"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// newProcess names this process in the file, so that another one can tell whether it still runs: the machine, the
// number of the process, and a word of chance, since numbers are used again.
func newProcess() string {
	return place() + " " + strconv.Itoa(os.Getpid()) + " " + rand.Text()[:8]
}

// place is where the numbers of processes are those of this one: the host and, on Linux, the container.
func place() string {
	host, err := os.Hostname()
	if err != nil || strings.ContainsRune(host, ' ') {
		host = "unknown"
	}
	numbers, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return host
	}
	return host + "/" + strings.Trim(strings.TrimPrefix(numbers, "pid:"), "[]")
}

// isGone reports whether a process that newProcess named is known to have ended. One of another machine or container
// may run.
func isGone(process string) bool {
	parts := strings.Fields(process)
	if len(parts) != 3 || parts[0] != place() {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil || pid <= 0 {
		return false
	}
	if pid == os.Getpid() {
		return true // its number is ours now
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}
