# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "reminder-letter"
# title = "Reminder letter"
# description = "Writes a friendly letter about one invoice that is late; other bots call it."
# role = "worker"
# tags = ["letters", "invoices"]
# limits = { memory = "64MiB", timeout = "30s" }
# ///
"""Write a friendly letter about one invoice that is late. `payment-reminders` calls it for each."""

from __future__ import annotations

_TONES = (
    (30, "Perhaps it has escaped you:"),
    (60, "We have not heard from you yet:"),
    (10_000, "This is urgent:"),
)


def main(customer: str, number: str, amount: float, days_late: int) -> dict[str, str]:
    """Write it.

    Args:
        customer: Whom to write to.
        number: The invoice.
        amount: What is owed.
        days_late: How long it has been due; the longer, the firmer the letter.
    """
    tone = next(text for days, text in _TONES if days_late <= days)
    body = (
        f"Dear {customer},\n\n{tone} invoice {number} over {amount:.2f} "
        f"has been due for {days_late} days.\n\nKind regards\n"
    )
    return {"subject": f"Invoice {number}", "body": body}
