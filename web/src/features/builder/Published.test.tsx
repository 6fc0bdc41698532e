import { screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { showRouted, somebody } from "../../testing/routed";
import { Published } from "./Published";
import { BOT, review, session } from "./testing";

afterEach(() => vi.unstubAllGlobals());

const NEEDED = "/bots/0198/versions/0199/needed-files";
const READS = { [NEEDED]: { files: [{ name: "people.csv", parameter: null, required: true, exact: false }], others: "none" } };
const VERSION = { id: "0199", digest: "sha256:1" };
const EVERY_DAY = { schedules: ["every day at 09:00"] };
const published = (change: Parameters<typeof session>[0] = {}) => session({ status: "published", bot: BOT, review: review(), ...change });
const me = somebody("secrets:read");

async function show(shown: ReturnType<typeof session>, answers: Record<string, unknown> = {}) {
  return showRouted(() => <Published session={shown} />, { "/me": me, "/secrets": { items: [] }, "/schedules": { items: [] }, ...answers });
}

describe("a published bot", () => {
  it("is said, and leads to running it; the keyboard goes on from there", async () => {
    await show(published());
    expect(screen.getByRole("status").textContent).toContain("sort-people is published");
    const run = screen.getByRole("link", { name: "Run it now" });
    expect(run.getAttribute("href")).toBe("/bots/0198?tab=run");
    expect(document.activeElement).toBe(run);
  });

  it("says which secrets are not set now, whatever the review said then", async () => {
    const secrets = [
      { name: "SLACK_WEBHOOK_URL", is_set: false, command: "" },
      { name: "SMTP_URL", is_set: false, command: "" },
    ];
    await show(published({ review: review({ secrets }) }), { "/secrets": { items: [{ name: "SMTP_URL" }] } });
    await waitFor(() => expect(screen.getByRole("status").textContent).not.toContain("SMTP_URL"));
    expect(screen.getByText(/SLACK_WEBHOOK_URL is not set/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "Set it" }).getAttribute("href")).toBe("/settings/secrets");
  });

  it("leads to a schedule that lacks the file that is read", async () => {
    await show(published({ review: review(EVERY_DAY), version: VERSION }), { ...READS, "/schedules": { items: [{ id: "0196", input: {}, files: [] }] } });
    const give = await screen.findByRole("link", { name: "Give its schedule the file" });
    expect(give.getAttribute("href")).toBe("/bots/0198?tab=triggers&schedule=0196");
    expect(screen.getByText(/Its schedule does not have people\.csv yet/)).toBeTruthy();
  });

  it.each([
    ["the schedule has it", { review: review(EVERY_DAY), version: VERSION }, READS, [{ input: {}, files: [{ name: "people.csv", size: 1 }] }]],
    ["nothing starts it", { version: VERSION }, READS, [{ input: {}, files: [] }]],
    ["it reads none", { review: review(EVERY_DAY), version: VERSION }, { [NEEDED]: { files: [], others: "none" } }, [{ input: {}, files: [] }]],
  ])("asks for no file where %s", async (_, change, needed, items) => {
    const { asked } = await show(published(change), { ...needed, "/schedules": { items } });
    await waitFor(() => expect(asked.some((one) => one.path.startsWith("/secrets"))).toBe(true));
    expect(screen.queryByRole("link", { name: "Give its schedule the file" })).toBeNull();
  });

  it("is nothing before there is a bot", async () => {
    await show(published({ bot: null }));
    expect(screen.queryByRole("status")).toBeNull();
  });
});
