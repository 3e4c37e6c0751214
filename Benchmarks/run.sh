#!/usr/bin/env bash
# Prints size, start-up time, idle memory and throughput of the release build. `make bench` builds it first.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=.build/release/azimuth
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

echo "size: $(stat -c %s $binary) bytes stripped (budget 20,000,000)"

python3 - "$binary" <<'PY'
import statistics, subprocess, sys, time
def start_up(command):
    times = []
    for _ in range(21):
        begin = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)
ours, shell = start_up([sys.argv[1], "--version"]), start_up(["/bin/true"])
print(f"start-up: {ours:.1f} ms for --version, /bin/true takes {shell:.1f} ms (promise: 20 ms)")
PY

# Idle: a small estate between two cycles, simulator and receiver as processes of their own.
"$binary" simulate --port 0 --write-config "$work/config" --collector http://127.0.0.1:9 >"$work/simulator.log" &
for _ in $(seq 100); do grep -q AZIMUTH_AUTH_APPID "$work/simulator.log" && break; sleep 0.1; done
python3 Tests/Tools/null_sink.py >"$work/sink.log" &
for _ in $(seq 100); do [ -s "$work/sink.log" ] && break; sleep 0.1; done
sed -i "s|http://127.0.0.1:9|http://127.0.0.1:$(cat "$work/sink.log")|" "$work/config/runtime.yaml"
echo 'server: {httpPort: 0}' >>"$work/config/runtime.yaml"
AZIMUTH_AUTH_APPID=ceb249a3-44ce-4c90-8863-6776336f5b7e AZIMUTH_AUTH_APPKEY='only+for/the~simulator' \
    "$binary" run --config "$work/config" 2>"$work/agent.log" &
agent=$!
for _ in $(seq 100); do grep -q Delivered "$work/agent.log" && break; sleep 0.1; done
sleep 2
grep -q Delivered "$work/agent.log" || { cat "$work/agent.log"; exit 1; }
rss=$(awk '/VmRSS/ { print $2 }' /proc/$agent/status)
peak=$(awk '/VmHWM/ { print $2 }' /proc/$agent/status)
echo "idle RSS: $((rss / 1024)).$((rss % 1024 * 10 / 1024)) MB after the first cycle, peak $((peak / 1024)) MB (promise: 22 MB idle)"

.build/release/azimuth-bench
