"""Runs a test command; when it takes longer than it may, names the tests that did not end, and where they stand.

Usage: limited.py MINUTES COMMAND...
"""
import os
import re
import signal
import subprocess
import sys
import threading

LINE = re.compile(r"^\S+ {1,2}(Suite|Test) (.+?) (started\.|passed after|failed after|skipped)")


def descendants(parent):
    """The process and all below it, the process first."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                above = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(above, []).append(int(entry))
    found = [parent]
    for process in found:
        found += children.get(process, [])
    return found


def kill(processes):
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass  # It has ended.


def runs_tests(process):
    """Whether it is the process that runs the tests, not a program that they started."""
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            return b".xctest" in file.read()
    except OSError:
        return False


def stacks(process):
    """Where the threads of a process stand, if there is a debugger to ask."""
    command = ["gdb", "--batch", "-p", str(process), "-ex", "thread apply all backtrace 24"]
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"No stacks of process {process}: {error}", flush=True)


def main():
    minutes, command = float(sys.argv[1]), sys.argv[2:]
    running = set()
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: kill(descendants(program.pid)))
    is_late = threading.Event()

    def give_up():
        is_late.set()
        late = sorted(running)
        processes = descendants(program.pid)
        for process in processes:
            if runs_tests(process):
                stacks(process)
        # Last, because of a long log it is the end that people see first.
        print(f"Not at an end after {minutes:g} minutes. Not ended:", *late, sep="\n  ", flush=True)
        kill(processes)

    watch = threading.Timer(minutes * 60, give_up)
    watch.daemon = True
    watch.start()
    for line in program.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        if match := LINE.match(line):
            kind, name, what = match.groups()
            key = f"{kind} {re.sub(r' with [0-9]+ test cases?$', '', name)}"
            running.add(key) if what == "started." else running.discard(key)
    code = program.wait()
    watch.cancel()
    if is_late.is_set():
        watch.join()
        code = 1
    sys.exit(code if code >= 0 else 128 - code)


main()
