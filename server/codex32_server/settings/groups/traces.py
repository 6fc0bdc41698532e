"""Settings of the area `traces`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class TraceSettings(Group):
    """Where traces go."""

    title = "Traces"
    endpoint: str | None = setting(
        "OTLP_ENDPOINT",
        None,
        "Address of an OpenTelemetry collector that takes OTLP over HTTP, like http://127.0.0.1:4318; no"
        " traces are made if not set.",
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern=r"^https?://.+$",
    )
