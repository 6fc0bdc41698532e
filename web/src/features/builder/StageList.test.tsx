import { screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { showRouted } from "../../testing/routed";
import { Now } from "./Doing";
import { StageList } from "./StageList";
import { row, session } from "./testing";

afterEach(() => vi.unstubAllGlobals());

const NOW = new Date().toISOString();
const tests = { kind: "tested", proof: "failed", tests: 1, passed: 0, failed: 1, reason: "", cases: [{ name: "test_bot.py::test_a_sum", outcome: "failed", message: "E   assert 1 == 2" }] };
const mending = session({
  engine: "models",
  stages: [row("requirements", null), row("plan", null), row("code", null, { status: "running", round: 2, started_at: NOW, ended_at: null }), row("tests", tests, { status: "found" })],
});
const thoughts = [{ stage: "code", text: "Asking the model “code” to mend <b>it</b>." }];

describe("stages", () => {
  it("say what is walked: how long, what is mended, whom it asks", async () => {
    await showRouted(() => <StageList session={mending} thoughts={thoughts} short={false} />, {});
    const write = within(screen.getByRole("list", { name: "Stages" })).getAllByRole("listitem")[2];
    expect(write?.textContent).toMatch(/Write · round 2To be mended: a sum: assert 1 == 2Asking the model “code” to mend <b>it<\/b>\.\d s/);
    expect(screen.getAllByRole("status")[0]?.textContent).toBe("Stage 3 of 7: Write");
  });

  it("are one line on a narrow page, which has them all", async () => {
    await showRouted(() => <StageList session={mending} thoughts={thoughts} short />, {});
    expect(document.querySelector("summary")?.textContent).toContain("Stage 3 of 7: Write");
    expect(document.querySelectorAll("details li")).toHaveLength(7);
  });

  it("say why one is tried again by itself", async () => {
    const away = session({ engine: "models", stages: [row("requirements", null, { status: "failed", error: "Nobody answers." })] });
    await showRouted(() => <Now session={away} thoughts={[]} />, {});
    expect(document.body.textContent).toContain("Nobody answers.It is tried again in a moment, by itself.");
  });
});
