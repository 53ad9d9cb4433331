# SPDX-License-Identifier: MIT
"""witness.py: the edges of servers in a trace, session by session, for comparing two traces of one conversation."""
import json


def read(path):
    """The events of a trace file. A torn last line is not one."""
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")[:-1]
    return [e for e in map(json.loads, lines) if "kind" in e]


def edges_by_port(events):
    """{the client's port: [(machine, from, verb, verdict, to)]}: what one connection made the server do."""
    ports, edges = {}, {}
    for event in events:
        if event["kind"] == "connect":
            ports[event["session"]] = int(event["from"].rsplit(":", 1)[1])
            edges[ports[event["session"]]] = []
        elif event["kind"] == "edge" and event["machine"].endswith("-server") and event.get("session") in ports:
            edges[ports[event["session"]]].append(
                tuple(event[name] for name in ("machine", "from", "verb", "verdict", "to")))
    return edges


def until_encrypted(edges):
    """As much of it as can be seen from outside: what follows STARTTLS is opaque."""
    for i, edge in enumerate(edges):
        if edge[4] == "tls":
            return edges[:i + 1]
    return edges


def compare(ours, theirs):
    """[] if every connection of theirs took the edges that ours recorded; else what differs, in words."""
    wrong = []
    for port, seen in theirs.items():
        expected = until_encrypted(ours.get(port, []))
        if seen != expected:
            i = next((i for i, (a, b) in enumerate(zip(seen, expected)) if a != b), min(len(seen), len(expected)))
            wrong.append(f"connection from port {port}, edge {i + 1}: the server took "
                         f"{expected[i] if i < len(expected) else 'none'}, seen was {seen[i] if i < len(seen) else 'none'}")
    return wrong
