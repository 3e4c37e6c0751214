#!/usr/bin/env bash
# Fuzzes every target, an equal share of SECONDS each: Fuzz/run.sh SECONDS [TARGET ...]
# New inputs are kept in .build-fuzz/corpus. An input that breaks something is left in .build-fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?how many seconds in all}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(yaml json http otlp)
share=$((seconds / ${#targets[@]}))
fuzz=.build-fuzz/release/azimuth-fuzz
findings=.build-fuzz/findings
mkdir -p "$findings"
for target in "${targets[@]}"; do
	mkdir -p ".build-fuzz/corpus/$target"
	log=.build-fuzz/$target.log
	# Leaks are not looked for: what libFuzzer and the runtime keep for ever would be called one.
	if FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$fuzz" -max_total_time=$((share > 0 ? share : 1)) -timeout=10 \
		-rss_limit_mb=2048 -max_len=4096 -artifact_prefix="$findings/$target-" -print_final_stats=1 \
		".build-fuzz/corpus/$target" "Fuzz/corpus/$target" >"$log" 2>&1; then
		echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in ${share}s, nothing found"
	else
		tail -n 40 "$log"
		input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
		echo "$target: FOUND something; look again with: FUZZ_TARGET=$target $fuzz $input"
		exit 1
	fi
done
