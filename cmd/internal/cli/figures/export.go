package figures

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

func (s Shell) exportCommand() *cobra.Command {
	var format, vendor, since, until string
	formats := []string{"csv", "jsonl"}
	c := &cobra.Command{
		Use:   "export VIEW",
		Short: "Print all rows of a view of the file, as CSV or JSON Lines",
		Long: `export prints every row of a view of the SQLite file (docs/schema.md has them all), with the names of its
columns: as CSV with a header, or with --format jsonl one JSON object a line. --since and --until choose by the first
of these columns that the view has: at, started_at, posted_at, counted_at, from_at, created_at, first_seen_at.

In CSV, NULL is empty, and a text that a spreadsheet would take for a formula begins with an apostrophe; in JSON
Lines, texts are as they are on record.

  vendorwatch export v_incidents --since 2026-01-01 > incidents.csv`,
		Args: s.Takes(1, 1, "the name of a view"),
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			file, err := s.Open(cmd.Context())
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			defer file.Close()
			views, _ := query.New(file).Views(cmd.Context())
			return views, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(formats, format) {
				return flags.Mistakef("--format: %q is not known; write one of: %s", format,
					strings.Join(formats, ", "))
			}
			return s.export(cmd.Context(), args[0], format, vendor, since, until)
		},
	}
	c.Flags().StringVar(&format, "format", "csv", "csv or jsonl")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	c.Flags().StringVar(&vendor, "vendor", "", "only of this vendor (slug)")
	_ = c.RegisterFlagCompletionFunc("vendor", s.Vendors)
	c.Flags().StringVar(&since, "since", "",
		"only from this time on (2026-11-23, 2026-11-23T09:00:00Z) or within this long (36h, 7d)")
	c.Flags().StringVar(&until, "until", "", "only before this time")
	return c
}

func (s Shell) export(ctx context.Context, view, format, vendor, since, until string) error {
	from, err := flags.Time("since", since)
	if err != nil {
		return err
	}
	to, err := flags.Time("until", until)
	if err != nil {
		return err
	}
	file, err := s.Open(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	if vendor != "" {
		if vendor, err = s.Vendor(ctx, file, vendor); err != nil {
			return err
		}
	}
	d := query.New(file)
	out := bufio.NewWriterSize(s.Stdout, 1<<16)
	columns, take, end := asLines(out)
	if format == "csv" {
		columns, take, end = asCSV(out)
	}
	err = d.ViewRows(ctx, view, vendor, from, to, columns, take)
	var lacks *query.NoColumnError
	switch {
	case errors.Is(err, db.ErrNotFound):
		return s.noView(ctx, d, view)
	case errors.As(err, &lacks):
		return flags.Mistakef("%v", lacks)
	}
	return errors.Join(err, end(), out.Flush())
}

// noView is the mistake of a view that there is not.
func (s Shell) noView(ctx context.Context, d *query.DB, view string) error {
	views, err := d.Views(ctx)
	if err != nil {
		return err
	}
	hint := ""
	if near := words.Nearest(view, views); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return flags.Mistakef("there is no view %q%s; there are: %s", view, hint, strings.Join(views, ", "))
}

// asCSV writes rows as CSV.
func asCSV(out *bufio.Writer) (columns func([]string) error, take func([]any) error, end func() error) {
	w := csv.NewWriter(out)
	var cells []string
	return w.Write, func(row []any) error {
			cells = cells[:0]
			for _, v := range row {
				cells = append(cells, cell(v))
			}
			return w.Write(cells)
		}, func() error {
			w.Flush()
			return w.Error()
		}
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return words.Harmless(v)
	}
	return fmt.Sprint(v)
}

// asLines writes rows as JSON objects, whose fields are in the order of the columns.
func asLines(out *bufio.Writer) (columns func([]string) error, take func([]any) error, end func() error) {
	var names []string
	columns = func(list []string) error {
		for _, name := range list {
			text, err := json.Marshal(name)
			if err != nil {
				return err
			}
			names = append(names, string(text))
		}
		return nil
	}
	take = func(row []any) error {
		for n, v := range row {
			text, err := json.Marshal(v)
			if err != nil {
				return err
			}
			sep := byte(',')
			if n == 0 {
				sep = '{'
			}
			out.WriteByte(sep) // Flush tells of what could not be written
			out.WriteString(names[n])
			out.WriteByte(':')
			out.Write(text)
		}
		_, err := out.WriteString("}\n")
		return err
	}
	return columns, take, func() error { return nil }
}
