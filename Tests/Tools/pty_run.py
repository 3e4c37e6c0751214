"""Runs a command in a pseudo terminal of 100 × 40 and writes what it printed, escape sequences and all.

    pty_run.py [--type TEXT --after MARK] -- COMMAND [ARGUMENT ...]

Once MARK was printed, TEXT is typed (\\x03 is Ctrl-C). The last line tells the terminal's settings and the exit code.
"""
import argparse
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


def settings(descriptor):
    local = termios.tcgetattr(descriptor)[3]
    keys = termios.tcgetattr(descriptor)[6]
    return f"echo={bool(local & termios.ECHO)} suspend={keys[termios.VSUSP]!r} quit={keys[termios.VQUIT]!r}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--type", default="")
    parser.add_argument("--after", default="")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    typed = arguments.type.encode().decode("unicode_escape").encode()

    # The parent keeps the terminal open, to look at its settings when the command has ended.
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    before = settings(terminal)
    child = os.fork()
    if child == 0:
        os.login_tty(terminal) if hasattr(os, "login_tty") else login(terminal)
        os.execv(arguments.command[0], arguments.command)
    output = b""
    deadline = time.monotonic() + 30
    status = None
    while time.monotonic() < deadline:
        if select.select([controller], [], [], 0.05)[0]:
            output += os.read(controller, 1 << 16)
        elif status is not None:
            break
        if typed and arguments.after.encode() in output:
            os.write(controller, typed)
            typed = b""
        if status is None:
            ended, code = os.waitpid(child, os.WNOHANG)
            if ended:
                status = os.waitstatus_to_exitcode(code)
    sys.stdout.buffer.write(output)
    same = "same settings" if settings(terminal) == before else f"other settings: {before} / {settings(terminal)}"
    print(f"\n{same}, exit {status}")


def login(terminal):
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(terminal, descriptor)


main()
