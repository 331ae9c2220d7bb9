#!/bin/sh
# After the first installation and after each upgrade.
set -e
if ! getent passwd vendorwatch >/dev/null; then
	useradd --system --user-group --home-dir /var/lib/vendorwatch --no-create-home --shell /usr/sbin/nologin vendorwatch
fi
install -d -o vendorwatch -g vendorwatch -m 0750 /var/lib/vendorwatch
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart vendorwatch.service
fi
if ! [ -e /var/lib/vendorwatch/vendorwatch.db ]; then
	echo 'vendorwatch: write your vendors and your contact address into /etc/vendorwatch/config.toml, then:'
	echo '  systemctl enable --now vendorwatch'
fi
