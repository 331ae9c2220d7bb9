#!/bin/sh
# Before a removal. dpkg calls it with "remove", rpm with 0; an upgrade stops nothing here.
set -e
case "$1" in
remove | 0)
	if [ -d /run/systemd/system ]; then
		systemctl disable --now vendorwatch.service || true
	fi
	;;
esac
