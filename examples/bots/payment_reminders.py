# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "payment-reminders"
# title = "Payment reminders"
# description = "Writes reminders for late invoices, asks a person, sends them, and looks again a week later."
# role = "orchestrator"
# tags = ["letters", "invoices"]
# calls = ["reminder-letter"]
# limits = { memory = "64MiB", timeout = "1m" }
# retries = { attempts = 3 }
# ///
"""Write reminders for late invoices, ask a person, send them, and look again a week later.

The run lasts a week and more, and uses the machine for less than a second of it: while it waits for the
answer, and while it sleeps, nothing of it is in memory. A crash at any point sends no reminder twice.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypedDict

from codex32_bot import ApprovalRejected, approval, call, emit, files, log, sleep, state, step


class Invoice(TypedDict):
    number: str
    customer: str
    amount: float
    due: str


def main(invoices: list[Invoice], today: str, days: int = 14, look_again: int = 7) -> dict[str, Any]:
    """Remind of what is late.

    Args:
        invoices: Open invoices; `due` is a date such as 2026-03-01.
        today: The day to count from.
        days: Later than this is late.
        look_again: Days after which what is still open is counted.
    """
    late = step("find late ones", _late, invoices, date.fromisoformat(today), days)
    if not late:
        return {"late": 0, "sent": 0}
    letters = [call("reminder-letter", one) for one in late]
    files.output("letters.txt").write_text("\n---\n".join(letter["body"] for letter in letters))
    try:
        decision = approval("send", message=f"Send {len(letters)} reminders?", timeout=timedelta(days=3))
    except ApprovalRejected as no:
        return {"late": len(late), "sent": 0, "why": str(no)}
    if decision.expired:
        log.warning("nobody answered in three days")
        return {"late": len(late), "sent": 0, "why": "Nobody answered."}
    for one, letter in zip(late, letters, strict=True):
        step("send", _send, one["number"], letter["subject"])
    sleep(timedelta(days=look_again))
    paid = [one for one in late if step("look again", state.get, f"paid/{one['number']}", False)]
    emit("reminders.done", {"sent": len(letters), "paid": len(paid)})
    return {"late": len(late), "sent": len(letters), "paid": len(paid), "approved_by": decision.by}


def _late(invoices: list[Invoice], today: date, days: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for invoice in invoices:
        age = (today - date.fromisoformat(invoice["due"])).days
        if age > days:
            about: dict[str, Any] = {"customer": invoice["customer"], "number": invoice["number"]}
            found.append({**about, "amount": invoice["amount"], "days_late": age})
    return found


def _send(number: str, subject: str) -> str:
    """Where mail would be sent. A step: whatever happens later, it is not sent a second time."""
    emit("reminder.sent", {"subject": subject}, subject=f"invoice/{number}")
    return subject
