import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { showRouted, somebody } from "../../testing/routed";
import { Standing } from "./Standing";
import { row, session } from "./testing";

afterEach(() => vi.unstubAllGlobals());

const failed = (code: string, change: Parameters<typeof session>[0] = {}) =>
  session({ status: "failed", engine: "models", error_code: code, error: "What happened, and what to do.", budget_usd: "0.01", ...change });

const show = (shown: ReturnType<typeof session>) =>
  showRouted(() => <Standing session={shown} />, { "/me": somebody("builder:write"), [`/builder/sessions/${shown.id}/messages`]: session() });

/** What was sent when the button was pressed. */
async function sent({ asked }: Awaited<ReturnType<typeof show>>, name: string) {
  fireEvent.click(await screen.findByRole("button", { name }));
  await waitFor(() => expect(asked.some((one) => one.method === "POST")).toBe(true));
  return asked.find((one) => one.method === "POST")?.body;
}

describe("a session that failed", () => {
  it.each([
    ["models_no_use", "The model's answers were of no use"],
    ["models_missing", "There is no model for it yet"],
    ["given_up", "No model answers at the moment"],
  ])("because of %s says so, and asks again", async (code, title) => {
    const found = await show(failed(code));
    expect(screen.getByRole("alert").textContent).toContain(title);
    expect(screen.getByRole("alert").textContent).toContain("What happened, and what to do.");
    expect(await sent(found, "Ask again")).toEqual({});
    expect(screen.getByRole("link", { name: "Look at the models" }).getAttribute("href")).toBe("/settings/models");
  });

  it("may be built without a model instead, while nothing is written", async () => {
    expect(await sent(await show(failed("models_no_use")), "Build it without a model")).toEqual({ engine: "recipes" });
  });

  it("for want of money proposes more, and cannot be asked again in vain", async () => {
    const found = await show(failed("budget_used_up"));
    expect(await sent(found, "Allow and go on")).toEqual({ budget_usd: "0.1" });
    expect(screen.queryByRole("button", { name: /again|stopped/ })).toBeNull();
  });

  it("in code that is there leads to it, and goes on where it stopped", async () => {
    const code = row("code", { kind: "written", files: {}, notes: [] });
    const found = await show(failed("not_repaired", { stages: [code] }));
    expect(await sent(found, "Go on where it stopped")).toEqual({});
    expect(screen.getByRole("button", { name: "Edit the code" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Build it without a model" })).toBeNull();
  });
});

it("says that a session was cancelled, where the keyboard goes on", async () => {
  await show(session({ status: "cancelled" }));
  const status = screen.getByRole("status");
  expect(status.textContent).toContain("This session was cancelled");
  expect(document.activeElement).toBe(status);
});
