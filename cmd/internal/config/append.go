package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// PageURL returns the address of a status page in the form that a Source has. The error says what to write.
func PageURL(text string) (string, error) {
	u, err := parseURL(text)
	if err != nil {
		return "", err
	}
	if name := secretParameter(u); name != "" {
		return "", fmt.Errorf("the URL contains %s, which is a secret; leave it out, and name it under [vendor.auth] "+
			"in the config file", name)
	}
	return u, nil
}

// VendorTOML returns the lines of a config file that watch a vendor's page. Page and platform are spelt out, so that
// they stay as they are when a later catalogue says otherwise. platform may be empty: it is detected.
func VendorTOML(name, page, platform string) string {
	text := fmt.Sprintf("[[vendor]]\nname = %q\nurl = %q\n", name, page)
	if platform == "" {
		return text + "# The platform is detected when the page is first read.\n"
	}
	return text + fmt.Sprintf("platform = %q\n", platform)
}

// Append appends vendors, each with its lines, to the config file at path. It writes nothing and returns
// tomlcheck.Mistakes if the file has mistakes or would have one, such as a name, a slug or a page that it already has.
// At every moment the file is either the old one or the new one.
func Append(path string, vendors []string, kinds ChannelKinds) error {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missingFile(path)
	}
	if err != nil {
		return fmt.Errorf("config file: %w", err)
	}
	data, err := os.ReadFile(real)
	if err != nil {
		return fmt.Errorf("config file: %w", err)
	}
	before := checker{file: path, kinds: kinds, env: os.Getenv, withoutSecrets: true,
		withoutVendors: true}
	after := before
	if err := before.parse(data); err != nil {
		return fmt.Errorf("nothing was written, because the file already has mistakes:\n%w", err)
	}
	more := joined(data, strings.Join(vendors, "\n"))
	if err := after.parse(more); err != nil {
		return fmt.Errorf("nothing was written:\n%w", err)
	}
	if len(after.config.Vendors) != len(before.config.Vendors)+len(vendors) {
		return fmt.Errorf("nothing was written, because at the end of %s these lines would not be "+
			"a vendor of their own", path)
	}
	return replaceFile(real, more)
}

// joined appends text to data after an empty line, with the line endings of data.
func joined(data []byte, text string) []byte {
	end := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		end = "\r\n"
	}
	out := bytes.Clone(data)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, end...)
	}
	return append(append(out, end...), strings.ReplaceAll(text, "\n", end)...)
}

// replaceFile replaces the bytes of a file atomically and keeps its permissions.
func replaceFile(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("config file: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("config file: %w; let this user write to its folder", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("config file: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
