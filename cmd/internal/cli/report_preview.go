package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

// choiceReason are the reasons for which a message on an incident can be previewed.
var choiceReason = flags.Choice{Name: "reason",
	Usage: "the reason for the message, " + string(message.ReasonFirst) + " if none is given",
	Words: flags.Plain([]message.Reason{
		message.ReasonFirst, message.ReasonWorsened, message.ReasonLowered, message.ReasonChanged, message.ReasonUpdate,
		message.ReasonResolved, message.ReasonReopened, message.ReasonPostmortem, message.ReasonLeftFeed,
		message.ReasonNotWatched, message.ReasonMaintenance, message.ReasonReminder, message.ReasonTest,
	})}

func (a *app) reportPreviewCommand() *cobra.Command {
	var incident int64
	var out, reason, digest string
	c := &cobra.Command{
		Use:   "preview --incident ID | --digest NAME",
		Short: "Show what each channel would get about an incident, or of a digest; nothing is sent",
		Long: `preview shows what each channel in the config file would get about an incident, or of a digest:
JSON for Slack and webhooks, text and HTML for mail, text for the others. It needs none of the
channels' secrets; nothing is sent or recorded. --out writes each to a file of its own, for a browser
or for Slack's Block Kit Builder; without it, mails are shown as text.`,
		Args: takes(0, 0, "no arguments, only flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case digest != "" && (incident != 0 || reason != ""):
				return usagef("--digest does not go with --incident and --reason; write one or the other")
			case digest != "":
				return a.previewDigest(cmd.Context(), digest, out)
			case incident <= 0:
				return usagef("which incident? write --incident ID; vendorwatch incidents lists them")
			}
			if err := choiceReason.Check(reason); err != nil {
				return err
			}
			reason = cmp.Or(reason, string(message.ReasonFirst))
			return a.preview(cmd.Context(), incident, message.Reason(reason), out)
		},
	}
	c.Flags().Int64Var(&incident, "incident", 0, "number of the incident")
	choiceReason.Add(c, &reason)
	c.Flags().StringVar(&digest, "digest", "", "name of a digest in the config file, in place of an incident")
	c.Flags().StringVar(&out, "out", "", "folder for one file per channel; it is created if necessary")
	return c
}

// preview is a message as a channel would get it, in one of its forms.
type preview struct {
	channel, form string
	text          string
}

func (a *app) preview(ctx context.Context, incident int64, reason message.Reason, out string) error {
	r, err := a.openReporting(ctx, io.Discard)
	if err != nil {
		return err
	}
	defer r.file.Close()
	return a.previewAll(r.config.Channels, out, func(channel string) (message.Message, error) {
		m, err := r.render.Message(ctx, ledger.Delivery{Channel: channel, Reason: string(reason), IncidentID: incident},
			time.Now().UTC())
		if errors.Is(err, db.ErrNotFound) {
			err = fmt.Errorf("there is no incident %d in %s; vendorwatch incidents lists them", incident, r.file.Path())
		}
		return m, err
	})
}

// previewDigest shows what the channels that take digests would get of one now.
func (a *app) previewDigest(ctx context.Context, name, out string) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	d, err := a.digestToPrint(ctx, name, time.Time{})
	if err != nil {
		return err
	}
	d.DashboardURL = message.WebLink(c.DashboardURL)
	var takes []config.Channel
	for _, one := range c.Channels {
		if !service.OnCall(c, one.Name) {
			takes = append(takes, one)
		}
	}
	return a.previewAll(takes, out, func(string) (message.Message, error) {
		return message.Message{ID: "vw-preview", Reason: message.ReasonDigest, At: d.UntilAt, EventIDs: d.EventIDs,
			Digest: &d, Zone: d.Location}, nil
	})
}

// previewAll shows the messages that channels would get, or writes them into files.
func (a *app) previewAll(channels []config.Channel, out string,
	of func(channel string) (message.Message, error)) error {
	var all []preview
	for _, c := range channels {
		m, err := of(c.Name)
		if err != nil {
			return err
		}
		forms, err := previews(c, m)
		if err != nil {
			return fmt.Errorf("channel %q: %w", c.Name, err)
		}
		all = append(all, forms...)
	}
	if len(all) == 0 {
		return errors.New("the config file has no [[channel]], so there is nothing to preview")
	}
	if out == "" {
		for _, p := range all {
			if p.form != "html" {
				fmt.Fprintf(a.stdout, "— channel %q, %s\n%s\n", p.channel, p.form, p.text)
			}
		}
		return nil
	}
	return a.writePreviews(out, all)
}

// previews renders a message in the forms of a channel's type.
func previews(c config.Channel, m message.Message) ([]preview, error) {
	kind, err := service.KindOf(c.Type)
	if err != nil {
		return nil, err
	}
	forms, err := kind.Preview(m, c.Values)
	var all []preview
	for _, f := range forms {
		all = append(all, preview{channel: c.Name, form: f.Form, text: f.Text})
	}
	return all, err
}

func (a *app) writePreviews(dir string, all []preview) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	taken := map[string]bool{}
	for n, p := range all {
		base := config.Slug(p.channel)
		if base == "" || taken[base+"."+p.form] {
			base = fmt.Sprintf("%s%d", base, n+1)
		}
		taken[base+"."+p.form] = true
		path := filepath.Join(dir, base+"."+p.form)
		if err := os.WriteFile(path, []byte(p.text), 0o644); err != nil {
			return fmt.Errorf("preview: %w", err)
		}
		fmt.Fprintln(a.stdout, path)
	}
	return nil
}
