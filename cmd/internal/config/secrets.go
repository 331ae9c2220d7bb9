package config

import (
	"fmt"
	"io"
	"os"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

var (
	envName    = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
	headerName = lazyregexp.New("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// longestSecret is how much of a secret's file is read, in bytes.
const longestSecret = 64 << 10

// readSecret returns the text of a file without the white space around it, "" if there is none.
func readSecret(name string) (string, error) {
	info, err := os.Stat(name)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > longestSecret {
		return "", fmt.Errorf("%s is not a file of at most %d bytes", name, longestSecret)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestSecret))
	return strings.TrimSpace(string(text)), err
}
