#!/bin/sh
# Unpacks Debian's VictoriaMetrics below .test-tools/victoria-metrics: nothing is installed, no service started.
# Prints the path of the program. Does nothing when it is there already.
#
# Debian 12 has a version that knows no OTLP yet, so it comes from Debian 13, through the mirror that this machine uses and
# with package lists of its own: the machine's are left alone. The program needs nothing but libc.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
target="$root/.test-tools/victoria-metrics"
program="$target/usr/bin/victoria-metrics"
oldest=1.112
if [ ! -x "$program" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    mkdir -p lists/partial cache/archives/partial
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} trixie main" \
        >sources.list
    cat >apt.conf <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
Acquire::Languages "none";
APT::Sandbox::User "";
CONF
    export APT_CONFIG="$work/apt.conf"
    if ! { apt-get -qq update && apt-get -qq download victoria-metrics; } >apt.log 2>&1; then
        cat apt.log >&2
        echo "unpack-victoria-metrics: cannot download victoria-metrics of Debian 13 from ${mirror:-deb.debian.org}." >&2
        exit 1
    fi
    version=$(dpkg-deb -f victoria-metrics_*.deb Version)
    if dpkg --compare-versions "$version" lt "$oldest"; then
        echo "unpack-victoria-metrics: Debian 13 has $version, but OTLP needs $oldest or newer." >&2
        exit 1
    fi
    dpkg -x victoria-metrics_*.deb unpacked
    mkdir -p "$root/.test-tools"
    # Moved whole, so that an interrupted or second run never sees half of it.
    mv -T unpacked "$target" 2>/dev/null || [ -x "$program" ]
fi
echo "$program"
