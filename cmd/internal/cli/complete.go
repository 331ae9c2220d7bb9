package cli

import (
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/db/query"
)

// completeVendors lets a shell complete a flag that takes a vendor.
func (a *app) completeVendors(c *cobra.Command, flag string) {
	_ = c.RegisterFlagCompletionFunc(flag, a.recordedVendors)
}

// recordedVendors are the slugs on record, for a shell; none if there is no file.
func (a *app) recordedVendors(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	file, err := a.openToRead(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer file.Close()
	vendors, err := query.New(file).Vendors(cmd.Context(), time.Now())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var slugs []string
	for _, v := range vendors {
		slugs = append(slugs, v.Slug)
	}
	return slugs, cobra.ShellCompDirectiveNoFileComp
}

// configuredVendors are the slugs in the config file, for a shell; none if it cannot be read.
func (a *app) configuredVendors(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := a.configIfAny()
	if c == nil || err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var slugs []string
	for _, v := range c.Vendors {
		slugs = append(slugs, v.Slug)
	}
	return slugs, cobra.ShellCompDirectiveNoFileComp
}
