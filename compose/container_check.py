"""Runs compose/compose.yaml's simulator and agent without a container engine, in what the Dockerfile's final stage makes.

The final stage is reproduced with debootstrap and chroot: its own RUN, COPY, ENV, USER, ENTRYPOINT and HEALTHCHECK, nothing
else. The services' own commands, environment, volumes and restrictions come from `docker-compose config`. What is pushed to
the collector is received by a receiver made of the official OTLP messages.

Usage, as root, from anywhere:  container_check.py BINARY     (make container-check)
Exit code 0 when the agent became healthy and every declared metric has arrived.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "compose" / "compose.yaml"
DOCKERFILE = ROOT / "compose" / "Dockerfile"
CACHE = ROOT / ".test-tools" / "container"
# As Docker sets it for an image that does not.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# A schedule of every minute, a settled bucket, and a first cycle that found no simulator.
PATIENCE = 170


def fail(message):
    sys.exit(f"container-check: {message}")


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        fail(f"{shlex.join(map(str, command))} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


class Image:
    """The final stage of the Dockerfile."""

    def __init__(self, text):
        lines = re.sub(r"\\\n", " ", "".join(l for l in text.splitlines(True) if not l.lstrip().startswith("#")))
        steps = [line.split(None, 1) for line in lines.splitlines() if line.strip()]
        start = max(index for index, step in enumerate(steps) if step[0] == "FROM")
        self.steps = steps[start:]
        self.suite = re.fullmatch(r"debian:([a-z]+)-\d+-slim", self.steps[0][1]).group(1)
        self.environment = {"PATH": PATH}
        for name, value in self.all("ENV"):
            for pair in shlex.split(value):
                self.environment.__setitem__(*pair.split("=", 1))
        self.user = self.last("USER")
        if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", self.user):
            fail(f"USER {self.user} is not a number other than root's")
        self.entrypoint = json.loads(self.last("ENTRYPOINT"))
        self.healthcheck = json.loads(self.last("HEALTHCHECK").split("CMD ", 1)[1])

    def all(self, name):
        return [step for step in self.steps if step[0] == name]

    def last(self, name):
        return self.all(name)[-1][1].strip()


def make_root(image, binary):
    """The stage's file system; what debootstrap and its RUN lines made is kept for the next time."""
    key = hashlib.sha256(repr([s for s in image.steps if s[0] in ("FROM", "RUN")]).encode()).hexdigest()[:16]
    root = CACHE / key
    if not root.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.iterdir():
            shutil.rmtree(old)
        work = Path(tempfile.mkdtemp(dir=CACHE))
        begin = time.monotonic()
        run("debootstrap", "--variant=minbase", image.suite, str(work))
        shutil.copy("/etc/resolv.conf", work / "etc" / "resolv.conf")
        for name, command in image.steps:
            if name == "RUN":
                run("chroot", str(work), "/bin/sh", "-c", command, env={"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"})
        work.chmod(0o755)
        work.rename(root)
        print(f"built the final stage in {time.monotonic() - begin:.0f} s")
    for _, arguments in image.all("COPY"):
        *source, target = [word for word in arguments.split() if not word.startswith("--")]
        if source != ["/src/.build/release/azimuth"]:
            fail(f"COPY {arguments}: this check knows the release binary only")
        shutil.copy(binary, root / target.lstrip("/"))
    missing = [line for line in run("chroot", str(root), "ldd", "/usr/local/bin/azimuth").splitlines() if "not found" in line]
    if missing:
        fail("the final stage lacks libraries:\n" + "\n".join(missing))
    return root


class Container:
    """A service of the compose file, as an engine would run it: its mounts, its user, no capabilities, read-only."""

    def __init__(self, name, service, image, root, work):
        if not service.get("read_only") or service.get("cap_drop") != ["ALL"]:
            fail(f"{name} is not read-only and without capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            fail(f"{name} may gain privileges")
        self.name, self.image = name, image
        self.command = image.entrypoint + service["command"]
        self.environment = {**image.environment, **service.get("environment", {})}
        self.root = work / name
        self.root.mkdir()
        self.volumes = {}
        self.log = open(work / f"{name}.log", "w")
        for volume in service.get("volumes", []):
            source, target, mode = volume.split(":")
            if not source.startswith("/"):
                # A new named volume takes over owner and content of what the image has there.
                source = str(work / f"{name}-{source}")
                os.mkdir(source)
                shutil.copystat(root / target.lstrip("/"), source)
                owner = (root / target.lstrip("/")).stat()
                os.chown(source, owner.st_uid, owner.st_gid)
            (root / target.lstrip("/")).mkdir(parents=True, exist_ok=True)
            self.volumes[target] = (source, mode)
        run("mount", "--bind", str(root), str(self.root))
        for target, (source, mode) in self.volumes.items():
            self.bind(source, target, mode)
        # The agent and the simulator share a network; the collector's part is played on it too.
        hosts = work / "hosts"
        hosts.write_text("127.0.0.1 localhost collector\n")
        (root / "etc" / "hosts").touch()
        self.bind(str(hosts), "/etc/hosts", "ro")
        run("mount", "-t", "proc", "proc", str(self.root / "proc"))
        for device in ("null", "zero", "random", "urandom"):
            self.bind(f"/dev/{device}", f"/dev/{device}", "rw")
        run("mount", "-o", "remount,bind,ro", str(self.root))

    def bind(self, source, target, mode):
        place = str(self.root / target.lstrip("/"))
        run("mount", "--bind", source, place)
        run("mount", "-o", f"remount,bind,{mode}", place)

    def confined(self, command):
        user, group = self.image.user.split(":")
        return [
            "chroot", str(self.root), "/usr/bin/setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups",
            "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--", *command,
        ]

    def start(self):
        print(f"{self.name}: {shlex.join(self.command)}")
        self.process = subprocess.Popen(
            self.confined(self.command), env=self.environment, stdout=self.log, stderr=subprocess.STDOUT)

    def execute(self, *command):
        return subprocess.run(
            self.confined(command), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text()


def check_confinement(agent):
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{agent.process.pid}/status").read_text().splitlines())
    facts = {name: status[name].split()[0] for name in ("Uid", "Gid", "CapEff", "CapBnd", "NoNewPrivs")}
    user, group = agent.image.user.split(":")
    if facts != {"Uid": user, "Gid": group, "CapEff": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1"}:
        fail(f"the agent is not confined: {facts}")
    for place in ("/", "/config", "/tmp", "/usr/local/bin"):
        if agent.execute("touch", f"{place}/probe").returncode == 0:
            fail(f"the agent can write to {place}")
    for place in (target for target, (_, mode) in agent.volumes.items() if mode == "rw"):
        if agent.execute("touch", f"{place}/probe").returncode != 0:
            fail(f"the agent cannot write to its volume {place}")
    print("confined:", " ".join(f"{name}={value}" for name, value in facts.items()), "read-only")


def inside(binary, work):
    """In namespaces of our own: mounts, processes and a network that nobody else is on."""
    run("ip", "link", "set", "lo", "up")
    run("mount", "--make-rprivate", "/")
    image = Image(DOCKERFILE.read_text())
    root = make_root(image, binary)
    compose = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
    services = yaml.safe_load(run(*compose, "-f", str(COMPOSE), "config"))["services"]
    if services["simulator"]["network_mode"] != "service:agent":
        fail("the simulator does not share the agent's network")
    sink = subprocess.Popen(
        [str(ROOT / ".test-tools/venv/bin/python"), str(ROOT / "Tests/Tools/otlp_sink.py"), "4318"],
        stdout=open(work / "received.jsonl", "w"))
    agent = Container("agent", services["agent"], image, root, work)
    simulator = Container("simulator", services["simulator"], image, root, work)

    def give_up(message):
        fail(f"{message}\n-- agent\n{agent.said()}\n-- simulator\n{simulator.said()}")

    begin = time.monotonic()
    # In compose's order: the network is the agent's, so at first there is no Azure.
    agent.start()
    while "health=" not in agent.said():
        if agent.process.poll() is not None or time.monotonic() - begin > 20:
            give_up("the agent does not start")
        time.sleep(0.1)
    check_confinement(agent)
    early = agent.execute(*image.healthcheck)
    print(f"healthcheck without Azure: exit {early.returncode}\n" + early.stdout.rstrip())
    if early.returncode == 0:
        give_up("the agent calls itself healthy before any data flowed")
    simulator.start()
    health = early
    while health.returncode != 0:
        if agent.process.poll() is not None or time.monotonic() - begin > PATIENCE:
            give_up(f"the agent does not become healthy:\n{health.stdout}")
        time.sleep(1)
        health = agent.execute(*image.healthcheck)
    print(f"healthcheck after {time.monotonic() - begin:.0f} s: exit 0\n" + health.stdout.rstrip())

    declared = {metric["name"] for metric in yaml.safe_load(
        (ROOT / "compose/simulated/metrics-declaration.yaml").read_text())["metrics"]}
    while True:
        points = [json.loads(line) for line in (work / "received.jsonl").read_text().splitlines()[1:]]
        missing = declared - {point["name"] for point in points}
        if not missing:
            break
        if time.monotonic() - begin > PATIENCE:
            give_up(f"these metrics have not arrived: {sorted(missing)}")
        time.sleep(1)
    print(f"received {len(points)} points of {len(declared)} metrics of "
          f"{len({point['resource']['service.instance.id'] for point in points})} resources")
    agent.process.send_signal(signal.SIGTERM)
    code = agent.process.wait(timeout=30)
    for process in (simulator.process, sink):
        process.terminate()
        process.wait(timeout=10)
    if code != 0:
        give_up(f"the agent ended with {code}")
    print("the agent ended with 0 on SIGTERM")


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--inside":
        return inside(sys.argv[2], Path(sys.argv[3]))
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if os.geteuid() != 0:
        fail("needs root, for debootstrap, chroot and mounts: sudo make container-check")
    binary = Path(sys.argv[1]).resolve()
    # The file system is made outside, where there is a network.
    make_root(Image(DOCKERFILE.read_text()), binary)
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        sys.exit(subprocess.run([*command, sys.executable, __file__, "--inside", str(binary), work]).returncode)


main()
