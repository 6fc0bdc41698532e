"""What a sandbox is shown of the network: a folder with the socket, the forwarder's plan, hosts, authorities.

The guest's side of it is `guest.network`. The folder is read-only inside; nothing secret is in it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codex32_server.kit.network.names import is_address
from codex32_server.runtime.guest.network import EGRESS, FOLDER, PLAN, TO_PROXY
from codex32_server.runtime.proxy.policy import AllowList

PROXY_PORT = 3128
"""On 127.0.0.1 inside, or the next one that the bot does not serve itself."""

_AUTHORITIES = "ca.pem"
_HOSTS = "hosts"
_NAMED_NETWORK = "127.64.0."
"""Each exact host of the manifest has an address here, for libraries that know no proxy."""
_TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_LOCAL = "localhost,127.0.0.1,::1"


@dataclass(frozen=True)
class Inside:
    """A prepared folder: how to mount it, what to tell the bot's libraries, and the socket to serve."""

    folder: Path
    environment: dict[str, str]
    listener: socket.socket


def prepare(folder: Path, allow: AllowList, authorities: str, serves: Sequence[int] = ()) -> Inside:
    """Fill a new folder. `serves` are ports of 127.0.0.1 that the bot wants itself."""
    folder.mkdir(mode=0o755)
    hosts = _named_hosts(allow)
    port = next(port for port in range(PROXY_PORT, PROXY_PORT + len(serves) + 1) if port not in serves)
    plan = [f"127.0.0.1 {port} {TO_PROXY}"]
    for address, rules in hosts.items():
        plan += [f"{address} {rule_port} {host}:{rule_port}" for host, rule_port in rules]
    (folder / Path(PLAN).name).write_text("\n".join(plan) + "\n")
    names = [f"{address} {rules[0][0]}" for address, rules in hosts.items()]
    (folder / _HOSTS).write_text("\n".join(["127.0.0.1 localhost", *names]) + "\n")
    (folder / _AUTHORITIES).write_text(authorities)
    return Inside(folder, _environment(port), _listen(folder))


def _named_hosts(allow: AllowList) -> dict[str, list[tuple[str, int]]]:
    """Loopback address → (host, port) of the rules for one exact name."""
    by_host: dict[str, list[tuple[str, int]]] = {}
    for rule in allow.rules:
        if not rule.below and not is_address(rule.host):
            pair = (rule.host, rule.port)
            ports = by_host.setdefault(rule.host, [])
            ports += [] if pair in ports else [pair]
    return {f"{_NAMED_NETWORK}{number}": rules for number, rules in enumerate(by_host.values(), start=1)}


def _environment(port: int) -> dict[str, str]:
    proxy = f"http://127.0.0.1:{port}"
    variables: dict[str, str] = dict.fromkeys(_TRUST_VARIABLES, f"{FOLDER}/{_AUTHORITIES}")
    for name, value in (
        ("http_proxy", proxy), ("https_proxy", proxy), ("all_proxy", proxy), ("no_proxy", _LOCAL),
    ):  # fmt: skip
        variables[name] = variables[name.upper()] = value
    return variables


def _listen(folder: Path) -> socket.socket:
    """The path may be too long for an address: the folder is named by a descriptor."""
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(f"/proc/self/fd/{place}/{Path(EGRESS).name}")
        listener.listen()  # the proxy says how many may wait
    except OSError:
        listener.close()
        raise
    finally:
        os.close(place)
    (folder / Path(EGRESS).name).chmod(0o666)  # the folder above is the run's uid's alone
    return listener
