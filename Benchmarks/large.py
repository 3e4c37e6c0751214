"""The large workload (20,000 resources x 20 metrics a minute) through the real program, with simulator and sink as processes of
their own. Prints what it costs beside what the same bytes cost at least.

    large.py AZIMUTH AZIMUTH-BENCH FLOOR [MINUTES]
"""

import glob
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

binary, bench, floor = sys.argv[1:4]
minutes = int(sys.argv[4]) if len(sys.argv) > 4 else 3
here = os.path.dirname(os.path.abspath(__file__))
tick = os.sysconf("SC_CLK_TCK")
processes = []


def start(command, **options):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    processes.append(process)
    return process


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / tick


def status(pid, key):
    return int(re.search(rf"{key}:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) / 1024


def written(pid):
    return int(re.search(r"write_bytes: (\d+)", open(f"/proc/{pid}/io").read())[1])


def points_so_far(log):
    """Of all cycles that are over; a cycle that began late brings the buckets of two minutes."""
    return sum(map(int, re.findall(r" Scraped .* points=(\d+)", open(log).read())))


def wait_for(condition, what, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not happen")
        time.sleep(0.2)


def main(work):
    config, kept = os.path.join(work, "config"), os.path.join(work, "kept")
    os.mkdir(kept)
    simulator = start(
        [binary, "simulate", "--port", "0", "--estate", "large", "--throttle", "off", "--write-config", config,
         "--collector", "http://127.0.0.1:9"])
    port = ""
    while not port:
        port = "".join(re.findall(r"listens on http://127.0.0.1:(\d+)", simulator.stdout.readline()))
    proxy = start([sys.executable, os.path.join(here, "tee_proxy.py"), port, kept])
    sink = start([sys.executable, os.path.join(here, "recording_sink.py"), kept])
    proxy_port, sink_port = proxy.stdout.readline().strip(), sink.stdout.readline().strip()
    for name, old, new in [("metrics-declaration.yaml", f":{port}", f":{proxy_port}"),
                           ("runtime.yaml", "127.0.0.1:9\n", f"127.0.0.1:{sink_port}\n")]:
        path = os.path.join(config, name)
        text = open(path).read().replace(old, new)
        open(path, "w").write(text + ("server: {httpPort: 0}\n" if name == "runtime.yaml" else ""))
    log = os.path.join(work, "agent.log")
    environment = dict(os.environ, AZIMUTH_AUTH_APPID="ceb249a3-44ce-4c90-8863-6776336f5b7e",
                       AZIMUTH_AUTH_APPKEY="only+for/the~simulator")
    agent = subprocess.Popen([binary, "run", "--config", config, "--state", os.path.join(work, "state")],
                             stderr=open(log, "w"), env=environment)
    processes.append(agent)
    pid = agent.pid

    def idle():
        """Between two cycles: no CPU used for four seconds."""
        before = cpu(pid)
        time.sleep(4)
        return agent.poll() is None and cpu(pid) - before < 0.05

    def wait_for_pause():
        wait_for(idle, "a pause between two cycles")

    time.sleep(10)
    wait_for_pause()
    first_peak = status(pid, "VmHWM")
    time.sleep(60 - time.time() % 60 + 5)
    wait_for_pause()
    os.kill(proxy.pid, signal.SIGUSR1)
    os.kill(sink.pid, signal.SIGUSR1)
    used, wrote, points = cpu(pid), written(pid), points_so_far(log)
    residents = []
    for _ in range(minutes):
        target = time.time() + (60 - time.time() % 60) + 5
        while time.time() < target:
            residents.append(status(pid, "VmRSS"))
            time.sleep(0.25)
        while not idle():
            residents.append(status(pid, "VmRSS"))
    used, wrote = (cpu(pid) - used) / minutes, (written(pid) - wrote) / minutes
    points = (points_so_far(log) - points) / minutes
    resting = status(pid, "VmRSS")
    os.kill(sink.pid, signal.SIGUSR2)
    os.kill(proxy.pid, signal.SIGUSR2)
    wait_for(lambda: os.path.exists(os.path.join(kept, "done")), "writing the answers")
    answers, requests = (glob.glob(os.path.join(kept, pattern)) for pattern in ("*.json.gz", "*.otlp.gz"))
    sizes = [sum(map(os.path.getsize, files)) / minutes / 1e6 for files in (answers, requests)]
    words = subprocess.check_output([floor] + answers + requests, text=True).split()
    inflate, parse, deflate, inflate_again, deflate_again = (float(word) / minutes for word in words)
    print(f"large workload, {minutes} minutes after the first cycle; a minute: {points:.0f} points, "
          f"{len(answers) / minutes:.0f} answers of {sizes[0]:.1f} MB, {len(requests) / minutes:.0f} requests of {sizes[1]:.1f} MB")
    million = points / 1e6
    row("CPU a minute", f"{used:.2f} s", "30 s (half a core)", used <= 30)
    row("CPU a million points", f"{used / million:.2f} s", "", True)
    for library, parts in [("zlib", (inflate, parse, deflate)), ("libdeflate", (inflate_again, parse, deflate_again))]:
        least = sum(parts)
        row(f"floor with {library}: inflate + parse + deflate", f"{least / million:.2f} s a million = "
            + " + ".join(f"{part / million:.2f}" for part in parts), "", True)
        # The promise was made of a floor with zlib.
        row(f"pipeline / floor with {library}", f"{used / least:.2f}", "2.0" if library == "zlib" else "",
            library != "zlib" or used / least <= 2.0)
    row("RSS, most", f"{max(residents):.0f} MB (ever {status(pid, 'VmHWM'):.0f}, first cycle {first_peak:.0f})", "120 MB",
        max(residents) <= 120)
    row("RSS between cycles", f"{resting:.0f} MB", "", True)
    with tempfile.TemporaryDirectory() as folder:
        ledgers = float(subprocess.check_output([bench, "ledger", folder], text=True))
    row("ledgers: bytes and transactions", f"{ledgers:.2f} s, {ledgers / used * 100:.0f} % of a cycle", "10 %", ledgers < used / 10)
    row("written to the state folder a minute", f"{wrote / 1e6:.1f} MB, without payloads {wrote / 1e6 - sizes[1]:.1f}", "40 MB",
        wrote / 1e6 - sizes[1] <= 40)


def row(name, value, promise, is_kept):
    print(f"| {name} | {value} | {promise} | {'kept' if is_kept else 'BROKEN'} |", flush=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
with tempfile.TemporaryDirectory() as work:
    try:
        main(work)
    except BaseException:
        for log in glob.glob(os.path.join(work, "*.log")):
            print(open(log).read()[-3000:], file=sys.stderr)
        raise
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
