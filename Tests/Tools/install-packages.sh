#!/usr/bin/env bash
# Installs the named Debian packages that are missing. Says what to type where it cannot.
set -euo pipefail

missing=()
for package in "$@"; do
    # libcurl4-openssl-dev and its kind are found by their status; a held or half-installed one counts as missing.
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ! command -v apt-get >/dev/null; then
    echo "These Debian packages are missing, or their counterparts on your system: ${missing[*]}" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    run=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    run=(sudo -n)
else
    echo "Packages are missing. Please run:" >&2
    echo "    sudo apt-get update && sudo ${install[*]}" >&2
    exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { "${run[@]}" apt-get update && "${run[@]}" "${install[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "apt-get failed; please run: sudo ${install[*]}" >&2
    exit 1
fi
rm -f "$log"
