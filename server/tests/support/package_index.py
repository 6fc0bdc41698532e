"""Wheels made on the spot, and a small package index on loopback that serves them, or misbehaves."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import textwrap
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, str], requires: str = "") -> Path:
    """A wheel as the specification says: metadata, RECORD with hashes."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += f"Requires-Dist: {requires}\n" if requires else ""
    content = {
        **files,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}\n"
        for path, text in content.items()
    )
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**content, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    wheel.chmod(0o644)
    return wheel


@dataclass
class Published:
    """One file of the index. `served` is what a download gets, if that is something else."""

    name: str
    filename: str
    content: bytes
    uploaded: str | None = None
    yanked: str | None = None
    served: bytes | None = None


@dataclass
class PackageIndex:
    """A simple-repository API (JSON). `broken` maps the beginning of a path to a status, 0 for no answer."""

    published: list[Published] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    password: str = ""
    """Without it nobody gets anything; the user is `reader`."""

    def __post_init__(self) -> None:
        index = self
        self.hang = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                index.requests.append(self.path)
                if index.password and self.headers["authorization"] != index.authorization:
                    self.answer(b"", "text/plain", 401)
                    return
                for beginning, status in index.broken.items():
                    if self.path.startswith(beginning):
                        if status == 0:
                            index.hang.wait(60)
                        self.answer(b"broken", "text/plain", status or 503)
                        return
                found = index.find(self.path)
                if found is None:
                    self.answer(b"", "text/plain", 404)
                else:
                    self.answer(*found)

            do_HEAD = do_GET

            def answer(self, body: bytes, kind: str, status: int = 200) -> None:
                try:
                    self.send_response(status)
                    self.send_header("content-type", kind)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    if self.command == "GET":
                        self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"reader:{self.password}".encode()).decode()

    @property
    def environ(self) -> dict[str, str]:
        """For uv: this index and no other, without waiting long for it."""
        user = f"reader:{self.password}@" if self.password else ""
        return {
            "UV_DEFAULT_INDEX": f"http://{user}127.0.0.1:{self.port}/simple",
            "UV_HTTP_RETRIES": "0",
            "UV_HTTP_TIMEOUT": "3",
        }

    def add(
        self,
        folder: Path,
        name: str,
        version: str,
        files: Mapping[str, str],
        *,
        requires: str = "",
        **more: Any,
    ) -> Published:
        """Publish a wheel."""
        wheel = make_wheel(folder, name, version, files, requires)
        return self.publish(name, wheel.name, wheel.read_bytes(), **more)

    def publish(self, name: str, filename: str, content: bytes, **more: Any) -> Published:
        made = Published(name.replace("_", "-"), filename, content, **more)
        self.published.append(made)
        return made

    def find(self, path: str) -> tuple[bytes, str] | None:
        kind, _, rest = path.strip("/").partition("/")
        if kind == "files":
            return next(
                ((one.served or one.content, "application/octet-stream")
                 for one in self.published if one.filename == rest), None,
            )  # fmt: skip
        files = [self._entry(one) for one in self.published if kind == "simple" and one.name == rest]
        if not files:
            return None
        page = {"meta": {"api-version": "1.1"}, "name": rest, "files": files}
        return json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json"

    def _entry(self, one: Published) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "filename": one.filename,
            "url": f"/files/{one.filename}",
            "hashes": {"sha256": hashlib.sha256(one.content).hexdigest()},
            "size": len(one.content),
            "yanked": one.yanked or False,
        }
        return entry | ({"upload-time": one.uploaded} if one.uploaded else {})

    def close(self) -> None:
        self.hang.set()
        self._server.shutdown()
        self._server.server_close()


BACKEND = """
import base64, hashlib, pathlib, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    {extra}
    info = "{name}-1.0.dist-info"
    files = {{
        "{name}.py": "BUILT = True\\nREPORT = " + repr(globals().get("REPORT")),
        info + "/METADATA": "Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n",
        info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }}
    record = "".join(
        f"{{p}},sha256={{base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).decode().rstrip('=')}},{{len(t)}}\\n"
        for p, t in files.items()
    )
    name = "{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as archive:
        for path, text in {{**files, info + "/RECORD": record + info + "/RECORD,,\\n"}}.items():
            archive.writestr(path, text)
    return name
"""


def make_sdist(name: str, extra: str = "pass", requires: str = "") -> bytes:
    """A source archive with a build backend of its own; `extra` are statements that building executes, and
    what they leave in `REPORT` is in the module. `requires` is a package that the build needs.
    """
    files = {
        "pyproject.toml": f"[build-system]\nrequires = {[requires] if requires else []}\n"
        'build-backend = "backend"\nbackend-path = ["."]\n'
        f'[project]\nname = "{name}"\nversion = "1.0"\n',
        "backend.py": BACKEND.format(name=name, extra=textwrap.indent(extra, "    ").strip()),
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
    }
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{name}-1.0/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return whole.getvalue()
