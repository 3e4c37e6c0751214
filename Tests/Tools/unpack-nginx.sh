#!/bin/sh
# Unpacks Debian's nginx below .test-tools/nginx: nothing is installed, no service started.
# Prints the path of the program. Does nothing when it is there already.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
target="$root/.test-tools/nginx"
program="$target/usr/sbin/nginx"
if [ ! -x "$program" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    # nginx-light is nginx with fewer modules; since Debian 12 both share the program in the package nginx.
    fetch() { apt-get -qq -o APT::Sandbox::User=root download nginx >apt.log 2>&1; }
    # Package lists may be missing or old; only root can fetch them anew.
    if ! fetch && ! { [ "$(id -u)" -eq 0 ] && apt-get -qq update >apt.log 2>&1 && fetch; }; then
        cat apt.log >&2
        echo "unpack-nginx: cannot download Debian's package nginx. Needs network and package lists (apt-get update)." >&2
        exit 1
    fi
    dpkg -x nginx_*.deb unpacked
    mkdir -p "$root/.test-tools"
    # Moved whole, so that an interrupted or second run never sees half of it.
    mv -T unpacked "$target" 2>/dev/null || [ -x "$program" ]
fi
echo "$program"
