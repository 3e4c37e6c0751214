#!/usr/bin/env bash
# Prints size, start-up time, memory and throughput of the release build, each beside its promise. `make bench` builds it first.
# Takes about 12 minutes, of which the large workload waits for the minute most of the time.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=.build/release/azimuth
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

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

# idle NAME PROMISE [SIMULATOR'S OPTION ...]: a small estate between two cycles, simulator and receiver as processes of their own.
idle() {
    local name=$1 promise=$2 folder="$work/idle-${1// /-}" agent
    shift 2
    mkdir "$folder"
    "$binary" simulate --port 0 --write-config "$folder/config" --collector http://127.0.0.1:9 "$@" >"$folder/simulator.log" &
    for _ in $(seq 100); do grep -q AZIMUTH_AUTH_APPID "$folder/simulator.log" && break; sleep 0.1; done
    python3 Tests/Tools/null_sink.py >"$folder/sink.log" &
    for _ in $(seq 100); do [ -s "$folder/sink.log" ] && break; sleep 0.1; done
    sed -i "s|http://127.0.0.1:9|http://127.0.0.1:$(cat "$folder/sink.log")|" "$folder/config/runtime.yaml"
    echo 'server: {httpPort: 0}' >>"$folder/config/runtime.yaml"
    AZIMUTH_AUTH_APPID=ceb249a3-44ce-4c90-8863-6776336f5b7e AZIMUTH_AUTH_APPKEY='only+for/the~simulator' \
        SSL_CERT_DIR="$work/authorities" "$binary" run --config "$folder/config" 2>"$folder/agent.log" &
    agent=$!
    for _ in $(seq 100); do grep -q Delivered "$folder/agent.log" && break; sleep 0.1; done
    sleep 2
    grep -q Delivered "$folder/agent.log" || { cat "$folder/agent.log"; exit 1; }
    # What is its own, and what is mapped from files: of that, shared libraries, which other processes have as well, and this
    # program.
    awk -v name="$name" -v promise="$promise" '{ value[$1] = $2 / 1024 }
        END { printf "idle RSS %s: %.1f MB after the first cycle = %.1f of its own + %.1f of files, peak %.1f MB (promise: %d MB)\n",
              name, value["VmRSS:"], value["RssAnon:"], value["RssFile:"], value["VmHWM:"], promise }' "/proc/$agent/status"
    kill $(jobs -p)
    wait || true
}

# The authority lies in a folder, under its hash, as those of the system do.
mkdir "$work/authorities"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=simulator \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/authorities/simulator.pem" 2>/dev/null
openssl rehash "$work/authorities"
idle "without TLS" 22
idle "with TLS" 24 --tls-certificate "$work/authorities/simulator.pem" --tls-key "$work/key.pem"

echo "| measured | value | promise | |"
echo "|---|---|---|---|"
c++ -std=c++17 -O2 Benchmarks/floor.cpp -o "$work/floor" -lsimdjson -lz -ldeflate
python3 Benchmarks/large.py "$binary" .build/release/azimuth-bench "$work/floor"
python3 Benchmarks/growth.py .build/release/azimuth-bench

.build/release/azimuth-bench

# The same answers through this program and through OpenTelemetry's own exporter for Python: the least of five runs each.
.build/release/azimuth-bench write "$work/answers.jsonl"
python3 - "$work/answers.jsonl" <<'PY'
import os, subprocess, sys
answers = sys.argv[1]
def least(command):
    runs = [[float(word) for word in subprocess.check_output(command, text=True).split()] for _ in range(5)]
    return min(runs, key=lambda run: run[1])
ours = least([".build/release/azimuth-bench", "read", answers])
python = [".test-tools/venv/bin/python", "Benchmarks/otel_python.py", answers]
rows = [("azimuth (gzip level 1)", ours), ("opentelemetry-exporter-otlp-proto-http (gzip level 9, its own)", least(python + ["9"])),
        ("the same with gzip level 1", least(python + ["1"]))]
print(f"compared: {int(ours[0])} points, {os.path.getsize(answers)} bytes of JSON, to OTLP, gzip")
print("| program | CPU a point | ratio | bytes a point | ratio | peak RSS | ratio |")
print("|---|---|---|---|---|---|---|")
for name, (points, seconds, size, peak) in rows:
    assert points == ours[0], f"{name}: {points} points"
    cells = [(seconds / points * 1e6, ours[1] / ours[0] * 1e6, "{:.2f} µs"), (size / points, ours[2] / ours[0], "{:.1f}"),
             (peak, ours[3], "{:.0f} MB")]
    print(f"| {name} | " + " | ".join(f"{unit.format(value)} | {value / base:.1f}" for value, base, unit in cells) + " |")
PY
