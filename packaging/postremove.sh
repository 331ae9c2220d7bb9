#!/bin/sh
# After a removal. The record in /var/lib/vendorwatch and its user stay: nobody loses years of it by a package.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
case "$1" in
purge | 0)
	if [ -e /var/lib/vendorwatch/vendorwatch.db ]; then
		echo 'vendorwatch: the record stays in /var/lib/vendorwatch; remove it by hand if nobody needs it'
	fi
	;;
esac
