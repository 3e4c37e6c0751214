"""Runs a test command; when it takes longer than it may, names the tests that did not end, and where they stand.

Usage: limited.py MINUTES COMMAND...
"""
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time

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


def kill_all():
    """Ends all that was started, also what lost its parent: it became a child of this process."""
    while others := descendants(os.getpid())[1:]:
        for process in others:
            try:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, os.WNOHANG)
            except OSError:
                pass  # It has ended, or is the child of a child.
        time.sleep(0.05)


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
    # PR_SET_CHILD_SUBREAPER: whoever loses its parent becomes a child of this process.
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    running = set()
    late = []
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit(1))

    def give_up():
        late.extend(["", *sorted(running)])
        try:
            for process in descendants(program.pid):
                if runs_tests(process):
                    stacks(process)
        finally:
            kill_all()

    watch = threading.Timer(minutes * 60, give_up)
    watch.daemon = True
    watch.start()
    try:
        for line in program.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if match := LINE.match(line):
                kind, name, what = match.groups()
                key = f"{kind} {re.sub(r' with [0-9]+ test cases?$', '', name)}"
                running.add(key) if what == "started." else running.discard(key)
        code = program.wait()
        watch.cancel()
        if late:
            watch.join()
            # At the end, which is what people see first of a long log.
            print(f"Not at an end after {minutes:g} minutes. Not ended:" + "\n  ".join(late), flush=True)
            code = 1
    finally:
        kill_all()
    sys.exit(code if code >= 0 else 128 - code)


main()
