package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const addedVendor = "[[vendor]]\nname = \"Acme\"\nurl = \"https://status.acme.example\"\nplatform = \"feed\"\n"

func TestAppend(t *testing.T) {
	for name, c := range map[string]struct{ before, want string }{
		"a file with an end": {minimal, minimal + "\n" + addedVendor},
		"a file without one": {strings.TrimRight(minimal, "\n"), minimal + "\n" + addedVendor},
		"lines of Windows": {strings.ReplaceAll(minimal, "\n", "\r\n"),
			strings.ReplaceAll(minimal+"\n"+addedVendor, "\n", "\r\n")},
		"a table of the last": {minimal + "[vendor.auth]\nuser = \"u\"\npassword_env = \"NOT_SET_HERE\"\n# end",
			minimal + "[vendor.auth]\nuser = \"u\"\npassword_env = \"NOT_SET_HERE\"\n# end\n\n" + addedVendor},
		"a byte order mark": {"\xef\xbb\xbf" + minimal, "\xef\xbb\xbf" + minimal + "\n" + addedVendor},
		"a channel without URL": {minimal + "[[channel]]\nname = \"team\"\nurl_env = \"NOT_SET_HERE\"\n",
			minimal + "[[channel]]\nname = \"team\"\nurl_env = \"NOT_SET_HERE\"\n\n" + addedVendor},
		"a comment that is open": {minimal + "# [[vendor]]", minimal + "# [[vendor]]\n\n" + addedVendor},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			real, path := filepath.Join(dir, "real.toml"), filepath.Join(dir, "config.toml")
			if err := os.WriteFile(real, []byte(c.before), 0o640); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(real, path); err != nil {
				t.Fatal(err)
			}
			if err := Append(path, []string{addedVendor}, testKinds); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(real)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			info, err := os.Lstat(path)
			if err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("the link is gone: %v %v", info, err)
			}
			if info, err = os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("the permissions are %v (%v)", info.Mode(), err)
			}
			if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %q (%v)", left, err)
			}
		})
	}
}

func TestAppendRefuses(t *testing.T) {
	for name, c := range map[string]struct{ before, text, want string }{
		"a name that is there": {minimal, strings.Replace(addedVendor, "Acme", "GitHub", 1), "nothing was written"},
		"a page that is there": {minimal, strings.Replace(addedVendor, "status.acme.example",
			"www.githubstatus.com", 1), "two sources read https://www.githubstatus.com"},
		"a file that is wrong":   {"schedule = 5\n" + minimal, addedVendor, "the file already has mistakes"},
		"a file that is no TOML": {minimal + "\n[[vendor", addedVendor, "the file already has mistakes"},
		"text of two vendors": {minimal, addedVendor + strings.NewReplacer("Acme", "Bolts", "acme",
			"bolts").Replace(addedVendor), "would not be a vendor of their own"},
		"text that is no vendor": {minimal, "tags = [\"x\"]\n", "would not be a vendor of their own"},
		"a platform there is none": {minimal, strings.Replace(addedVendor, "feed", "nonesuch", 1),
			`platform "nonesuch" is unknown`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Append(path, []string{c.text}, testKinds); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\ndoes not say %q", err, c.want)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != c.before {
				t.Errorf("the file is now %q (%v)", got, err)
			}
		})
	}
	if err := Append(filepath.Join(t.TempDir(), "config.toml"), []string{addedVendor}, testKinds); !errors.Is(err,
		fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestAppendSeveral holds that a list is taken whole or not at all.
func TestAppendSeveral(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	other := strings.NewReplacer("Acme", "Umbrella", "acme", "umbrella").Replace(addedVendor)
	if err := Append(path, []string{addedVendor, addedVendor}, testKinds); err == nil {
		t.Error("one vendor was taken twice")
	}
	if err := Append(path, []string{addedVendor, other}, testKinds); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if want := minimal + "\n" + addedVendor + "\n" + other; err != nil || string(got) != want {
		t.Errorf("%v (-want +got)\n%s", err, cmp.Diff(want, string(got)))
	}
}
