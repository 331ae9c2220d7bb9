package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/secret"
)

// Channel is a place that reports are sent to. Which keys it has beside name and type depends on its type.
type Channel struct {
	Name string // required, unique
	Type string // default "slack"

	// Values are what the file says of the keys of its kind, by name. A key that is not in the file has no value; a
	// secret that is named in the file and not set is empty.
	Values map[string]any

	// Missing is the variable or the file of a secret that is not set, so that the channel's messages wait; empty if
	// all are set.
	Missing string
}

// defaultChannelType is the type of a channel that names none.
const defaultChannelType = "slack"

// ChannelKinds are the types of channels that a file may have, by name.
type ChannelKinds map[string]ChannelKind

// ChannelKind is what the config file may say of one type of channel.
type ChannelKind struct {
	Keys []ChannelKey // beside name and type

	// Check finds what only several values together show. It may be nil. A value may be missing or wrong, which is
	// noted already.
	Check func(values map[string]any, r Reporter)
}

// ChannelKey is a key of a type of channel.
type ChannelKey struct {
	Name     string
	Doc      string // what its value is: "the id of the channel in Slack"
	More     string // what the reference says besides, as sentences
	Example  string // how it is written: `"C0123456789"`; for a secret, the environment variable to name
	Required bool
	Choices  []string // the values that there are; nil means any
	File     bool     // it is the path of a file; a relative one begins at the folder of the config file

	// Zero gives the type of the value: "", 0, []string, map[string]string, secret.Text, or map[string]secret.Text.
	// A secret.Text is never written into the file: NAME_env names the environment variable that holds it, or
	// NAME_file the file. Of a map[string]secret.Text, each value in the file is the name of an environment variable.
	Zero any

	// Check says what is wrong with a value, or with one of a list: "the problem; write what to write instead". It
	// may be nil. Its error for a secret does not show it, and follows on what names it: "the environment variable
	// TEAM_URL does not hold a URL".
	Check func(value string) error
}

// A Reporter is told what a ChannelKind's Check finds.
type Reporter interface {
	Mistake(key, problem, write string) // the file cannot be used; write says what to write instead
	Remark(key, text string)            // the file can be used; text follows on what the key is: "is http, not https"
}

// IsSecret reports whether the file holds the name of a variable or a file in place of the value.
func (k ChannelKey) IsSecret() bool { return reflect.TypeOf(k.Zero) == reflect.TypeFor[secret.Text]() }

// inFile returns the names under which the file may have the key.
func (k ChannelKey) inFile() []string {
	if k.IsSecret() {
		return []string{k.Name + "_env", k.Name + "_file"}
	}
	return []string{k.Name}
}

// names returns the names of all keys as the file may have them.
func (k ChannelKind) names() []string {
	var names []string
	for _, key := range k.Keys {
		names = append(names, key.inFile()...)
	}
	return names
}

// types returns the names of the kinds, sorted.
func (k ChannelKinds) types() []string { return slices.Sorted(maps.Keys(k)) }

// keys returns the keys of all kinds, by name, as the first kind has them.
func (k ChannelKinds) keys() map[string]ChannelKey {
	keys := map[string]ChannelKey{}
	for _, name := range k.types() {
		for _, key := range k[name].Keys {
			if _, known := keys[key.Name]; !known {
				keys[key.Name] = key
			}
		}
	}
	return keys
}

// table returns the type of a [[channel]]: a struct with the keys of all kinds, for what a table may hold is known
// only when its type has been read. A secret that stands in the file itself has a field too, to be refused.
func (k ChannelKinds) table() reflect.Type {
	fields := []reflect.StructField{field(0, "name", ""), field(1, "type", "")}
	keys := k.keys()
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		key := keys[name]
		switch key.Zero.(type) {
		case secret.Text:
			for _, name := range key.inFile() {
				fields = append(fields, field(len(fields), name, ""))
			}
			fields = append(fields, field(len(fields), name, secret.Text{}))
		case map[string]secret.Text:
			fields = append(fields, field(len(fields), name, map[string]string{}))
		default:
			fields = append(fields, field(len(fields), name, key.Zero))
		}
	}
	return reflect.StructOf(fields)
}

func field(n int, key string, zero any) reflect.StructField {
	return reflect.StructField{
		Name: "Key" + strconv.Itoa(n), Type: reflect.TypeOf(zero), Tag: reflect.StructTag(`toml:"` + key + `"`),
	}
}

// A channelTable is one [[channel]] of the file.
type channelTable struct {
	*checker
	channel *Channel
	path    string
	row     map[string]any // by key, as decoded
}

// rowOf returns the fields of a decoded table by their keys.
func rowOf(v reflect.Value) map[string]any {
	row := map[string]any{}
	for i := range v.NumField() {
		row[v.Type().Field(i).Tag.Get("toml")] = v.Field(i).Interface()
	}
	return row
}

// channels takes the channels from the decoded tables.
func (c *checker) channels(tables reflect.Value) {
	first := map[string]int{}
	for i := range tables.Len() {
		row := rowOf(tables.Index(i))
		ch := Channel{Name: row["name"].(string), Type: row["type"].(string)}
		t := channelTable{checker: c, channel: &ch, path: fmt.Sprintf("channel[%d]", i), row: row}
		c.unique(first, t.path+".name", ch.Name, "channel")
		if ch.Type == "" {
			ch.Type = defaultChannelType
		}
		kind, known := c.kinds[ch.Type]
		if !known {
			c.oneOf(t.path+".type", ch.Type, "a type of channel", c.kinds.types())
		}
		t.written(kind)
		if known {
			t.others(kind)
			t.check(kind)
		}
		if ch.Missing != "" {
			c.remark("channel %q: %s is not set; its messages wait until it is", ch.Name, ch.Missing)
		}
		c.config.Channels = append(c.config.Channels, ch)
	}
}

// written notes secrets that stand in the file itself.
func (t channelTable) written(kind ChannelKind) {
	const made = "and make a new one, since this one has been in a file"
	own := map[string]ChannelKey{}
	for _, k := range kind.Keys {
		own[k.Name] = k
	}
	all := t.kinds.keys()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		k, has := own[name]
		if !has {
			k = all[name]
		}
		write := fmt.Sprintf("write %s_env = %q, put the value into that environment variable, %s", name, k.Example,
			made)
		if _, known := t.kinds[t.channel.Type]; known && !has {
			write = fmt.Sprintf("leave it out, since a channel of type %s has none, %s", t.channel.Type, made)
		}
		if at := t.path + "." + name; k.IsSecret() && t.Has(at) {
			t.Add(at, k.Doc+" is a secret and does not belong in a file", write)
		}
	}
}

// others notes keys that a channel of this kind does not have.
func (t channelTable) others(kind ChannelKind) {
	have := "it has none beside name and type"
	own := kind.names()
	if len(own) > 0 {
		have = "it has " + strings.Join(own, ", ")
	}
	keys := t.kinds.keys()
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		for _, name := range keys[name].inFile() {
			if at := t.path + "." + name; !slices.Contains(own, name) && t.Has(at) {
				t.Add(at, fmt.Sprintf("a channel of type %s has no %s; %s", t.channel.Type, name, have), "leave it out")
			}
		}
	}
}

// check takes the values of the table's own keys, and checks them.
func (t channelTable) check(kind ChannelKind) {
	t.channel.Values = map[string]any{}
	for _, k := range kind.Keys {
		switch k.Zero.(type) {
		case secret.Text:
			t.secret(k)
		case map[string]secret.Text:
			t.secrets(k)
		default:
			t.value(k)
		}
	}
	if kind.Check != nil {
		kind.Check(t.channel.Values, t)
	}
}

// value takes a value that stands in the file.
func (t channelTable) value(k ChannelKey) {
	at := t.path + "." + k.Name
	if t.Refused(at) && t.Has(at) {
		return
	}
	v := reflect.ValueOf(t.row[k.Name])
	empty := v.Kind() != reflect.Int && v.Len() == 0
	if k.Required && (empty || !t.Has(at)) {
		t.Add(at, "it is missing: "+k.Doc, "write for example "+k.Name+" = "+k.Example)
	}
	if empty || !t.Has(at) {
		return
	}
	t.channel.Values[k.Name] = v.Interface()
	switch v := v.Interface().(type) {
	case string:
		t.text(k, at, v)
		if k.File && v != "-" && !filepath.IsAbs(v) {
			t.channel.Values[k.Name] = filepath.Join(filepath.Dir(t.file), v)
		}
	case int:
		t.text(k, at, strconv.Itoa(v))
	case []string:
		for n, one := range v {
			t.text(k, fmt.Sprintf("%s[%d]", at, n), one)
		}
	}
}

// text checks a value, or one of a list.
func (t channelTable) text(k ChannelKey, at, text string) {
	switch {
	case k.Choices != nil:
		t.oneOf(at, text, k.Doc, k.Choices)
	case k.Check != nil:
		if err := k.Check(text); err != nil {
			t.AddError(at, err)
		}
	}
}

// secret takes the secret that NAME_env or NAME_file names. No message of it shows a value, for where a name is
// expected people put the secret itself.
func (t channelTable) secret(k ChannelKey) {
	envPath, filePath := t.path+"."+k.Name+"_env", t.path+"."+k.Name+"_file"
	env, file := t.row[k.Name+"_env"].(string), t.row[k.Name+"_file"].(string)
	at, from, value := envPath, "the environment variable "+env, secret.Text{}
	switch {
	case env != "" && file != "":
		t.Add(filePath, fmt.Sprintf("%s_env and %s_file are both given", k.Name, k.Name), "keep one of the two")
		return
	case file != "":
		at, from = filePath, "the file "+file
		value = t.fromFile(filePath, file)
	case env != "":
		value = t.fromEnv(envPath, env, k.Example)
	case t.Has(t.path + "." + k.Name): // it stands in the file itself, which is noted
	case k.Required && !t.Refused(envPath) && !t.Refused(filePath):
		t.Add(envPath, "it is missing: the name of the environment variable that holds "+k.Doc,
			fmt.Sprintf("write for example %s_env = %q", k.Name, k.Example))
		return
	default:
		return
	}
	t.channel.Values[k.Name] = value
	if k.Check != nil && !value.IsZero() {
		if err := k.Check(value.Reveal()); err != nil {
			problem, write, _ := strings.Cut(err.Error(), "; ")
			t.Add(at, from+" "+problem, write)
			t.channel.Values[k.Name] = secret.Text{}
		}
	}
}

// secrets takes a table whose values are names of environment variables.
func (t channelTable) secrets(k ChannelKey) {
	at := t.path + "." + k.Name
	named, _ := t.row[k.Name].(map[string]string)
	values := map[string]secret.Text{}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		values[name] = t.fromEnv(at+"."+name, named[name], k.Example)
	}
	if t.Has(at) {
		t.channel.Values[k.Name] = values
	}
}

func (t channelTable) fromEnv(path, env, variable string) secret.Text {
	key := path[strings.LastIndex(path, ".")+1:]
	example := fmt.Sprintf("write for example %s = %q", key, variable)
	switch {
	case strings.Contains(env, "://"):
		t.Add(path, "a URL where the name of an environment variable is needed",
			example+", and put the URL into that variable")
		return secret.Text{}
	case !envName.MatchString(env):
		t.Add(path, "that is not the name of an environment variable", example)
		return secret.Text{}
	}
	value := strings.TrimSpace(t.env(env))
	if value == "" {
		t.unset(env)
	}
	return secret.New(value)
}

// fromFile reads a secret from a file of its own. A file that is not there counts as a secret that is not set.
func (t channelTable) fromFile(path, file string) secret.Text {
	if strings.Contains(file, "://") {
		t.Add(path, "a URL where the name of a file is needed",
			"put the URL into a file, and write the name of that file")
		return secret.Text{}
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(t.file), file)
	}
	value, err := readSecret(file)
	if err != nil {
		t.Add(path, "it cannot be read: "+err.Error(), "name a file that contains the secret and nothing else")
		return secret.Text{}
	}
	if value == "" {
		t.unset(file)
	}
	return secret.New(value)
}

func (t channelTable) unset(name string) {
	if t.channel.Missing == "" {
		t.channel.Missing = name
	}
}

// Mistake notes what the check of a kind finds. What could not be read has a mistake already.
func (t channelTable) Mistake(key, problem, write string) {
	if at := t.path + "." + key; !t.Has(at) || !t.Refused(at) {
		t.Add(at, problem, write)
	}
}

// Remark notes what is no mistake. A secret is called by what names it.
func (t channelTable) Remark(key, text string) {
	what := key
	for _, k := range t.kinds[t.channel.Type].Keys {
		if k.Name == key && k.IsSecret() {
			what = fmt.Sprintf("%s in %s%s", k.Doc, t.row[key+"_env"], t.row[key+"_file"])
		}
	}
	t.remark("channel %q: %s %s", t.channel.Name, what, text)
}
