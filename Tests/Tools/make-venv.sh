#!/bin/sh
# Makes the tests' Python environment, .test-tools/venv. Does nothing when it is there and up to date.
set -eu
cd "$(dirname "$0")/../.."
venv=.test-tools/venv
wanted=Tests/Tools/requirements.txt
stamp=$venv/requirements.txt
if [ -x "$venv/bin/python" ] && cmp -s "$wanted" "$stamp" && "$venv/bin/python" -c ''; then exit 0; fi
command -v python3 >/dev/null || { echo "python3 is missing: apt-get install python3 python3-venv" >&2; exit 1; }
rm -rf "$venv"
mkdir -p .test-tools
python3 -m venv "$venv" || { echo "no venv module: apt-get install python3-venv" >&2; exit 1; }
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
cp "$wanted" "$stamp"
