"""What differs between two versions. Pure: the versions were loaded before."""

from __future__ import annotations

from codex32_server.features.bots.schemas import (
    DiffView,
    FileChangeView,
    LoadedVersion,
    ManifestChangeView,
)
from codex32_server.kit.manifest.diff import diff_files, diff_manifests


def compare(before: LoadedVersion | None, after: LoadedVersion) -> DiffView:
    """From one version to another; a first one is compared with nothing. Seconds for the longest files."""
    manifest = [
        ManifestChangeView(
            path=change.path, before=change.before, after=change.after, widening=change.widening
        )
        for change in diff_manifests(before.manifest if before else None, after.manifest)
    ]
    old, new = (before.dependencies if before else ()), after.dependencies
    manifest += [_dependency(item, None) for item in old if item not in new]
    manifest += [_dependency(None, item) for item in new if item not in old]
    files = diff_files(before.files if before else {}, after.files)
    return DiffView(
        from_version=before.version_id if before else None,
        to_version=after.version_id,
        widening=any(change.widening for change in manifest),
        manifest=manifest,
        files=[FileChangeView(path=file.path, kind=file.kind, unified=file.unified) for file in files],
    )


def text_of(content: bytes) -> str | None:
    """None for what is not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _dependency(before: str | None, after: str | None) -> ManifestChangeView:
    return ManifestChangeView(path="dependencies", before=before, after=after, widening=False)
