# SPDX-License-Identifier: MIT
"""postfix_folder.py: the two files that a Postfix of its own needs, on loopback, in a folder of its own.

Nothing of the system's is touched. It needs root, because Postfix switches users."""
import shutil
import subprocess

MAIN = """compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
local_recipient_maps =
alias_maps =
alias_database =
maillog_file = {d}/maillog/log
maillog_file_prefixes = {d}
"""
SERVICES = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def ask(name):
    return subprocess.run(["postconf", "-dh", name], check=True, capture_output=True, encoding="utf-8").stdout.strip()


def fill(folder, port, settings):
    """Makes the folder ready for `postfix -c FOLDER start-fg`; `settings` are lines of main.cf."""
    folder.chmod(0o755)
    for name in ("queue", "data", "maillog"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    main = MAIN.format(d=folder, commands=ask("command_directory"), daemons=ask("daemon_directory"))
    (folder / "main.cf").write_text(main + settings, encoding="utf-8")
    (folder / "master.cf").write_text(SERVICES.format(port=port), encoding="utf-8")


def log(folder):
    path = folder / "maillog" / "log"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
