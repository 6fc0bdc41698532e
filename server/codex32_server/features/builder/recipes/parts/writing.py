"""From tables to the files a run leaves behind."""

from __future__ import annotations

import csv
import json

from codex32_bot import files, log

from .tables import Table


def write_csv(table: Table, name: str) -> None:
    """Write the table as CSV (UTF-8, commas, one header line)."""
    with files.output(name).open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, table.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table.rows)
    log.info(f"wrote {len(table.rows)} rows to {name}")


def write_json(table: Table, name: str) -> None:
    """Write the table as a JSON list of objects."""
    content = json.dumps(table.rows, ensure_ascii=False, indent=2)
    files.output(name).write_text(content + "\n", encoding="utf-8")
    log.info(f"wrote {len(table.rows)} rows to {name}")
