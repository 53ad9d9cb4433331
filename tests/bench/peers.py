# SPDX-License-Identifier: MIT
"""peers.py: servers to measure side by side, each with a configuration of its own in one folder, on loopback.

Ours with its trace, ours without, Postfix's smtp-sink (which discards: the limit), Postfix delivering to
Maildirs, Dovecot's LMTP, aiosmtpd. A peer that is not installed is left out, and said so. Postfix and Dovecot
need root. Folders are only added to, never emptied: see README.md about ext4.
"""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postfix_folder  # noqa: E402

os.environ["PATH"] += ":/usr/sbin:/sbin"
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(look, what, seconds=30):
    end = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.002)
    return answer


def greets(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
            return s.recv(3) == b"220"
    except OSError:
        return False


def family(pid):
    """The process and all below it."""
    parents = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents.setdefault(int(words[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


class Server:
    """One server: `port` once it greets, `cpu()` in seconds, `memory()` in MiB."""
    lmtp, recipient = False, "bob@sparta.example"

    def __init__(self, name, folder):
        self.name, self.folder, self.port, self.process = name, folder / name, free_port(), None
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)

    def spawn(self, *command):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        start_new_session=True)

    def start(self):
        self.begin()
        until(lambda: greets(self.port), f"{self.name} on port {self.port} (see {self.folder}/log)")
        return self

    def cpu(self):
        """Of the whole family, with children that ended and were waited for."""
        total = 0.0
        for pid in family(self.process.pid):
            try:
                words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += sum(map(int, words[11:15])) / TICK
        return total

    def memory(self):
        resident = 0
        for pid in family(self.process.pid):
            try:
                resident += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
            except OSError:
                pass
        return resident / 2**20

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class Glasspost(Server):
    def __init__(self, name, folder, program, *options, host="sparta", role="smtp", trace=True):
        super().__init__(name, folder)
        self.program, self.options, self.host, self.role, self.trace = program, options, host, role, trace

    def begin(self):
        ports = self.folder / "ports"
        ports.unlink(missing_ok=True)
        trace = ["--trace", self.folder / "trace"] if self.trace else []
        self.spawn(self.program, "serve", "--quiet", "--store", self.folder / "store", "--port-base", 0, "--ports", ports,
                   *trace, *self.options)
        text = until(lambda: ports.exists() and ports.read_text(), f"{self.name} (see {self.folder}/log)")
        self.ports = {tuple(line.split()[:2]): int(line.split()[3]) for line in text.splitlines()}
        self.port = self.ports[self.host, self.role]


class Sink(Server):
    def begin(self):
        self.spawn("smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", 1024)


POSTFIX_MAIN = """myhostname = bench.example
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
virtual_mailbox_domains = sparta.example
virtual_mailbox_base = {d}/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
message_size_limit = 104857600
"""


class Postfix(Server):
    def begin(self):
        d, nobody = self.folder, pwd.getpwnam("nobody")
        (d / "mail").mkdir()
        shutil.chown(d / "mail", "nobody")
        postfix_folder.fill(d, self.port, POSTFIX_MAIN.format(d=d, uid=nobody.pw_uid, gid=nobody.pw_gid))
        self.spawn("postfix", "-c", d, "start-fg")

    def stop(self):
        subprocess.run(["postfix", "-c", str(self.folder), "stop"], check=False, capture_output=True)
        super().stop()


DOVECOT = """base_dir = {d}/run
state_dir = {d}/run
instance_name = {name}
protocols = lmtp
listen = 127.0.0.1
log_path = {d}/log
ssl = no
mail_location = maildir:{d}/mail/%n
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
default_process_limit = 200
default_vsz_limit = 0
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={d}/mail/%n allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
protocol lmtp {{
  auth_username_format = %n
}}
"""


class Dovecot(Server):
    lmtp = True

    def begin(self):
        for name in ("run", "mail"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "mail", "nobody")
        conf = self.folder / "dovecot.conf"
        conf.write_text(DOVECOT.format(d=self.folder, name=f"bench-{self.port}", port=self.port))
        self.spawn("dovecot", "-F", "-c", conf)


class Aiosmtpd(Server):
    def begin(self):
        self.spawn("/usr/bin/python3", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox", "-l",
                   f"127.0.0.1:{self.port}", self.folder / "mail")


def peers(folder, wanted):
    """Those of the names that can run here, in order."""
    root = os.getuid() == 0
    known = {"smtp-sink": (Sink, shutil.which("smtp-sink")),
             "postfix": (Postfix, shutil.which("postfix") and root),
             "dovecot": (Dovecot, shutil.which("dovecot") and root),
             "aiosmtpd": (Aiosmtpd, subprocess.run(["/usr/bin/python3", "-c", "import aiosmtpd"], check=False,
                                                   capture_output=True).returncode == 0)}
    found = []
    for name in wanted:
        make, there = known[name]
        if there:
            found.append(make(name, folder))
        else:
            print(f"{name}: not installed, or this is not root; left out", file=sys.stderr)
    return found


def new_folder(parent):
    """A folder for one series. The directory flag T spreads its parts over the disk, as new series should be."""
    folder = pathlib.Path(parent) / f"bench-{os.getpid()}-{int(time.time())}"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    subprocess.run(["chattr", "+T", str(folder)], check=False, capture_output=True)
    return folder


def source(server, count, sessions=10, size=4096, keep=True, sender="carol@far.example"):
    """Sends with Postfix's smtp-source; returns the seconds it took. It does not pipeline."""
    command = ["smtp-source", "-s", sessions, "-m", count, "-l", size, "-M", "load.example", "-f", sender,
               "-t", server.recipient]
    command += ["-d"] if keep else []
    command += ["-L"] if server.lmtp else []
    began = time.perf_counter()
    done = subprocess.run([str(w) for w in command] + [f"127.0.0.1:{server.port}"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{server.name}: smtp-source: {done.stderr.strip()[:300]}")
    return time.perf_counter() - began


def measure(servers, sessions, size=4096, keep=True, runs=5, seconds=1.0, limit=20_000):
    """Runs of all servers in turn, so that what else the machine does hits all alike.
    Returns {name: (median letters/s, lowest, highest, median CPU µs a letter)}."""
    counts, rates, costs = {}, {}, {}
    for server in servers:
        pilot = max(sessions * 2, 10 if size > 100_000 else 100)
        counts[server.name] = int(max(sessions * 2, min(limit, seconds * pilot / source(server, pilot, sessions, size, keep))))
    for _ in range(runs):
        for server in servers:
            count, before = counts[server.name], server.cpu()
            took = source(server, count, sessions, size, keep)
            rates.setdefault(server.name, []).append(count / took)
            costs.setdefault(server.name, []).append((server.cpu() - before) / count * 1e6)
    return {name: (median(r), min(r), max(r), median(costs[name])) for name, r in rates.items()}


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
