"""Writes down which functions a small agent calls, for the linker to lay them side by side: `order.py AZIMUTH OUT`.

AZIMUTH has a symbol table. It runs under valgrind: simulated Azure, a receiver, two cycles, health, and the end. The names are sorted
so that a new list differs from the old one only where functions came or went.
"""

import os
import re
import subprocess
import sys
import tempfile
import time

binary, out = os.path.realpath(sys.argv[1]), sys.argv[2]
null_sink = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Tools", "null_sink.py")
processes = []


def start(command, **options):
    process = subprocess.Popen(command, text=True, **options)
    processes.append(process)
    return process


def wait_for(condition, what):
    end = time.monotonic() + 300
    while not condition():
        if time.monotonic() > end or any(process.poll() is not None for process in processes):
            raise SystemExit(f"{what} did not happen")
        time.sleep(0.2)


def called(profile):
    """The functions of the binary in callgrind's profile, where a name is written once and a number stands for it afterwards."""
    names, functions, isOurs = {}, set(), False
    for line in profile:
        match = re.match(r"(c?ob|c?fn)=(\(\d+\))(?: (.*))?$", line.rstrip())
        if not match:
            continue
        kind, number, name = match.groups()
        if name:
            names[kind[-2:], number] = name
        if kind == "ob":
            isOurs = names["ob", number] == binary
        elif kind == "fn" and isOurs:
            # What calls itself is counted apart, as name'2.
            functions.add(names["fn", number].partition("'")[0])
    return sorted(name for name in functions if not name.startswith("0x"))


def main(work):
    config, log, profile = (os.path.join(work, name) for name in ("config", "log", "profile"))
    sink = start([sys.executable, null_sink], stdout=subprocess.PIPE)
    port = sink.stdout.readline().strip()
    simulator = start([binary, "simulate", "--port", "0", "--write-config", config, "--collector", f"http://127.0.0.1:{port}"],
                      stdout=subprocess.PIPE)
    while "AZIMUTH_AUTH_APPID" not in simulator.stdout.readline():
        pass
    with open(os.path.join(config, "runtime.yaml"), "a") as runtime:
        runtime.write("server: {httpPort: 0}\n")
    environment = dict(os.environ, AZIMUTH_AUTH_APPID="ceb249a3-44ce-4c90-8863-6776336f5b7e",
                       AZIMUTH_AUTH_APPKEY="only+for/the~simulator")
    agent = start(["valgrind", "-q", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={profile}",
                   binary, "run", "--config", config], stderr=open(log, "w"), env=environment)
    text = lambda: open(log).read()
    wait_for(lambda: text().count('schedule="* * * * *" settledUntil') >= 2, "a second cycle")
    url = re.search(r"health=(http://[^/]+)", text())[1]
    subprocess.run([binary, "status", "--url", url], stdout=subprocess.DEVNULL, check=True)
    agent.terminate()
    agent.wait()
    functions = called(open(profile))
    if len(functions) < 1000:
        raise SystemExit(f"only {len(functions)} functions: {binary} has no symbol table")
    with open(out, "w") as file:
        file.writelines(name + "\n" for name in functions)
    print(f"{out}: {len(functions)} functions")


with tempfile.TemporaryDirectory() as work:
    try:
        main(work)
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
