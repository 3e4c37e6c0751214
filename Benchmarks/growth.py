"""CPU and memory against the number of resources, and memory over a simulated week: `growth.py AZIMUTH-BENCH`. Canned answers,
a state folder on disk, a clock that steps; each size in a process of its own."""

import math
import subprocess
import sys
import tempfile

bench = sys.argv[1]


def run(*arguments):
    with tempfile.TemporaryDirectory() as folder:
        words = subprocess.check_output([bench, *arguments, folder], text=True).split()
    return [float(word) for word in words]


def exponent(xs, ys):
    """The slope of the line through the logarithms."""
    xs, ys = [math.log(x) for x in xs], [math.log(y) for y in ys]
    x0, y0 = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - x0) * (y - y0) for x, y in zip(xs, ys)) / sum((x - x0) ** 2 for x in xs)


def verdict(is_kept):
    return "kept" if is_kept else "BROKEN"


sizes = [100, 1000, 10_000, 100_000]
rows = [run("growth", str(size)) for size in sizes]
print("growth, 5 metrics each:")
for size, (points, seconds, resident, peak) in zip(sizes, rows):
    print(f"  {size} resources: {points:.0f} points a cycle, {seconds * 1000:.1f} ms CPU, {seconds / points * 1e6:.2f} µs a point, "
          f"RSS {resident:.0f} MB, peak {peak:.0f} MB")
points = [row[0] for row in rows]
for name, column in [("CPU", 1), ("RSS", 2)]:
    slope = exponent(points, [row[column] for row in rows])
    print(f"| growth of {name} with points, exponent | {slope:.2f} | 1.05 | {verdict(slope <= 1.05)} |")

days = run("week")
rise = max(days[1:]) / days[0] - 1
print(f"| RSS over a simulated week of the small workload | {' '.join(f'{day:.1f}' for day in days)} MB | flat | "
      f"{verdict(rise < 0.05)} |")
