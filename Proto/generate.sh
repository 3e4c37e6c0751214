#!/bin/sh
# Writes the C code of the schema in this folder to Sources/COTLP. The same input gives the same bytes.
#
# protoc-c 1.4.1 made what is committed. Debian 12 has it and what it reads:
# apt-get install protobuf-c-compiler libprotobuf-c-dev libprotobuf-dev
set -eu
cd "$(dirname "$0")"
command -v protoc-c >/dev/null || { echo "protoc-c is missing: run make deps-test" >&2; exit 1; }
target=../Sources/COTLP
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
schemas=$(find google opentelemetry -name '*.proto' | LC_ALL=C sort)
# shellcheck disable=SC2086  # one argument per schema; their paths hold no spaces
protoc-c --c_out="$work" -I . -I /usr/include $schemas
rm -rf "$target/generated" "$target/include/google" "$target/include/opentelemetry"
for schema in $schemas; do
    base=${schema%.proto}
    mkdir -p "$target/include/$(dirname "$base")" "$target/generated/$(dirname "$base")"
    cp "$work/$base.pb-c.h" "$target/include/$base.pb-c.h"
    cp "$work/$base.pb-c.c" "$target/generated/$base.pb-c.c"
done
