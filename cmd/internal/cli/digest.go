package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

func (a *app) digestCommand() *cobra.Command {
	var since, name string
	var dryRun, asSlack, asMarkdown bool
	c := &cobra.Command{
		Use:   "digest",
		Short: "Send the digest now",
		Long: `digest sends what is new since the last digest to the digest's channels, and records the delivery. If the
config file has several digests, all are sent. A digest that waits to be sent is sent too; alerts are
left to the service. A digest for a channel whose secret is not set waits, and is printed. --dry-run,
--json, --markdown, --slack and --since print it instead: nothing is sent or recorded.`,
		Annotations: stopping.Leaves("what was not sent waits, and is sent by the service or the next digest"),
		Args:        takes(0, 0, "no arguments, only flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := flags.Time("since", since)
			if err != nil {
				return err
			}
			if !dryRun && !a.asJSON && !asSlack && !asMarkdown && from.IsZero() {
				return a.sendDigest(cmd.Context(), name)
			}
			cmd.Annotations = nil // nothing is sent, so that nothing waits
			d, err := a.digestToPrint(cmd.Context(), name, from)
			if err != nil {
				return err
			}
			return a.printDigest(d, asSlack, asMarkdown)
		},
	}
	c.Flags().StringVar(&since, "since", "",
		"everything since this time (2026-11-23, 36h, 7d), also what was reported before")
	c.Flags().StringVar(&name, "name", "",
		"only the digest of this name in the config file (default: send all, print the first)")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "print the digest as text")
	c.Flags().BoolVar(&asSlack, "slack", false, "print the digest as Slack's JSON")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print the digest as Markdown")
	a.jsonFlag(c)
	return c
}

func (a *app) sendDigest(ctx context.Context, name string) error {
	s, err := a.openService(ctx, a.quietLog(), nil)
	if err != nil {
		return err
	}
	defer s.Close()
	failed := s.SendDigests(ctx, name)
	if len(failed) == 1 && errors.Is(failed[0], service.ErrUnknown) {
		return asUsage(failed[0])
	}
	return a.tell(failed)
}

// digestToPrint makes what a digest would say now, or everything since a time.
func (a *app) digestToPrint(ctx context.Context, name string, since time.Time) (message.Digest, error) {
	file, err := a.openToRead(ctx)
	if err != nil {
		return message.Digest{}, err
	}
	defer file.Close()
	settings, err := a.digestSettings(name)
	if err != nil {
		return message.Digest{}, err
	}
	if settings.Review && !since.IsZero() {
		return message.Digest{}, usagef("digest %q is a review, which is of the seven whole days before today; leave "+
			"out --since", settings.Name)
	}
	now := time.Now().UTC()
	window := digest.Window{Since: since, Until: now}
	if since.IsZero() {
		if window.Events, _, window.Since, err = digest.News(ctx, query.New(file), ledger.New(file), settings,
			now); err != nil {
			return message.Digest{}, err
		}
	}
	return digest.Build(ctx, query.New(file), window, settings.Options(now))
}

func (a *app) printDigest(d message.Digest, asSlack, asMarkdown bool) error {
	text := ""
	switch {
	case asSlack:
		for _, w := range blockkit.Digest(d) {
			if err := a.printJSON(w); err != nil {
				return err
			}
		}
		return nil
	case a.asJSON:
		return a.printJSON(d)
	case asMarkdown:
		text = message.DigestMarkdown(d)
	default:
		text = message.DigestText(d, 0)
	}
	_, err := fmt.Fprint(a.stdout, text)
	return err
}

// digestSettings is the digest of that name in the config file; without a file, the default one, in UTC.
func (a *app) digestSettings(name string) (digest.Settings, error) {
	c, err := config.Load(a.configPath, service.ChannelKinds())
	if errors.Is(err, fs.ErrNotExist) && a.configPath == defaultConfig && name == "" {
		return digest.Settings{Name: "daily", Zone: time.UTC}, nil
	}
	if err != nil {
		return digest.Settings{}, err
	}
	one, err := service.DigestNamed(service.DigestSettings(c), name)
	return one, asUsage(err)
}
