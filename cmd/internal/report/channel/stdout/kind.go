package stdout

import "vendorwatch/cmd/internal/report/channel"

// Kind is the type stdout of the config file.
func Kind() channel.Kind {
	return channel.Kind{
		Type: "stdout",
		Doc:  "text on standard output",
		New: func(name string, _ channel.Values, env channel.Environment) (channel.Channel, error) {
			return &Channel{ChannelName: name, W: env.Stdout}, nil
		},
		Preview: channel.PreviewText,
	}
}
