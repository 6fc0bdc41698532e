"""What a sandbox is shown of the network: a folder with sockets, the forwarder's plan, hosts, authorities.

The guest's side of it is `guest.network`. The folder is read-only inside; nothing secret is in it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codex32_server.kit.network.gateway import PREFIX
from codex32_server.kit.network.names import is_address
from codex32_server.runtime.guest.network import EGRESS, FOLDER, MODELS, PLAN, TO_MODELS, TO_PROXY
from codex32_server.runtime.proxy.policy import AllowList

PROXY_PORT = 3128
"""On 127.0.0.1 inside, or a following one that the bot does not serve itself. The models' is the next."""

PLACEHOLDER_KEY = "sk-c32-the-platform-puts-the-key-of-this-run-here"
"""What a bot has as its key: libraries want one, and the door puts the run's own in its place."""

_AUTHORITIES = "ca.pem"
_HOSTS = "hosts"
_NAMED_NETWORK = "127.64.0."
"""Each exact host of the manifest has an address here, for libraries that know no proxy."""
_TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_LOCAL = "localhost,127.0.0.1,::1"


@dataclass(frozen=True)
class Inside:
    """The content of a folder, and what the bot's libraries are told."""

    files: Mapping[str, bytes]
    sockets: Sequence[str]
    """Names of the listening sockets in the folder, in the order in which the proxy gets them."""
    environment: Mapping[str, str]


def prepare(
    allow: AllowList, authorities: str, serves: Sequence[int] = (), *, models: bool = False
) -> Inside:
    """`serves` are ports of 127.0.0.1 that the bot wants itself. A bot that may only use models has no way
    to the network, and nothing that speaks of one.
    """
    proxy_port, models_port = _free_ports(serves)
    hosts = _named_hosts(allow)
    plan = [f"127.0.0.1 {proxy_port} {TO_PROXY}"] if allow.rules else []
    for address, rules in hosts.items():
        plan += [f"{address} {rule_port} {host}:{rule_port}" for host, rule_port in rules]
    plan += [f"127.0.0.1 {models_port} {TO_MODELS}"] if models else []
    names = [f"{address} {rules[0][0]}" for address, rules in hosts.items()]
    files = {
        Path(PLAN).name: _lines(plan),
        _HOSTS: _lines(["127.0.0.1 localhost", *names]),
        **({_AUTHORITIES: authorities.encode()} if allow.rules else {}),
    }
    sockets = [Path(path).name for path, wanted in ((EGRESS, allow.rules), (MODELS, models)) if wanted]
    environment = (_environment(proxy_port) if allow.rules else {}) | (
        model_environment(models_port) if models else {}
    )
    return Inside(files, sockets, environment)


def write(inside: Inside, folder: Path) -> list[socket.socket]:
    """Make and fill the folder; gives its listeners. Raises OSError."""
    folder.mkdir(mode=0o755)
    for name, content in inside.files.items():
        (folder / name).write_bytes(content)
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return listen(inside, place)
    finally:
        os.close(place)


def listen(inside: Inside, place: int) -> list[socket.socket]:
    """The listeners, in a folder that is there: a path may be too long for an address. Raises OSError."""
    listeners: list[socket.socket] = []
    try:
        for name in inside.sockets:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listeners.append(listener)
            listener.bind(f"/proc/self/fd/{place}/{name}")
            listener.listen()  # the proxy says how many may wait
            os.chmod(name, 0o666, dir_fd=place)  # noqa: S103 - the folder above is the run's uid's alone
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def model_environment(port: int) -> dict[str, str]:
    """Where the usual libraries look for models and keys: OpenAI's adds no version to its address,
    Anthropic's does.
    """
    base = f"http://127.0.0.1:{port}"
    return {
        "OPENAI_BASE_URL": base + PREFIX,
        "OPENAI_API_KEY": PLACEHOLDER_KEY,
        "ANTHROPIC_BASE_URL": base + PREFIX.removesuffix("/v1"),
        "ANTHROPIC_API_KEY": PLACEHOLDER_KEY,
        "CODEX32_LLM_URL": base + PREFIX,
        "CODEX32_LLM_KEY": PLACEHOLDER_KEY,
    }


def _free_ports(serves: Sequence[int]) -> list[int]:
    candidates = range(PROXY_PORT, PROXY_PORT + len(serves) + 2)
    return [port for port in candidates if port not in serves][:2]


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


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
