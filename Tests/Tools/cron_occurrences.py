#!/usr/bin/env python3
"""Recomputes a table of schedules and their next occurrences with the library croniter.

usage: cron_occurrences.py [--write] TABLE

Each line: schedule | moment | occurrences after it, in UTC. Exits with 1 and names the lines that differ; with --write it
writes the third column anew instead. Lines that begin with # are kept.
"""
import re
import sys
from datetime import datetime, timezone

from croniter import croniter

MACROS = {"@every_second": "* * * * * *", "@every_minute": "* * * * *"}
COUNT = 4


def in_croniter(schedule):
    """The same schedule in croniter's dialect: seconds first, the last Friday is L5, and there is no `?`."""
    fields = MACROS.get(schedule.lower(), schedule).replace("?", "*").split()
    days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    last = re.fullmatch(r"([0-7]|[A-Z]{3})L", fields[-1].upper())
    if last:
        day = last[1]
        fields[-1] = f"L{days.index(day) if day in days else int(day) % 7}"
    return " ".join(fields)


def occurrences(schedule, moment):
    start = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    # Both days must match when both are restricted.
    times = croniter(
        in_croniter(schedule), start, day_or=False, second_at_beginning=True, max_years_between_matches=50)
    return " ".join(times.get_next(datetime).strftime("%Y-%m-%dT%H:%M:%SZ") for _ in range(COUNT))


def main():
    write = "--write" in sys.argv[1:]
    (path,) = [argument for argument in sys.argv[1:] if argument != "--write"]
    with open(path, encoding="utf-8") as table:
        lines = table.read().splitlines()
    checked, differing, written = 0, [], []
    for line in lines:
        if line.startswith("#") or not line.strip():
            written.append(line)
            continue
        schedule, moment, *expected = [part.strip() for part in line.split("|")]
        computed = occurrences(schedule, moment)
        checked += 1
        if expected != [computed]:
            differing.append(f"{line}\n  croniter: {computed}")
        written.append(f"{schedule} | {moment} | {computed}")
    if write:
        with open(path, "w", encoding="utf-8") as table:
            table.write("\n".join(written) + "\n")
    elif differing:
        print("\n".join(differing))
        sys.exit(1)
    print(f"{checked} lines")


main()
