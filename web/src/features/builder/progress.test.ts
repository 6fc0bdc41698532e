import { describe, expect, it } from "vitest";

import { findingsOf, plainName, standingAt } from "./progress";
import { review, row, session } from "./testing";

const done = ["requirements", "plan", "code"].map((stage, at) => row(stage, null, { number: at + 1 }));

describe("where a session stands", () => {
  it("is the stage that is walked", () => {
    expect(standingAt(session({ stages: [...done, row("checks", null, { status: "running", ended_at: null })] }))).toEqual({ stage: "checks", number: 4 });
  });

  it("is the first that is not behind it where none is", () => {
    expect(standingAt(session({ status: "failed", stages: [...done, row("checks", null, { status: "failed" })] }))).toEqual({ stage: "checks", number: 4 });
    expect(standingAt(session())).toEqual({ stage: "requirements", number: 1 });
  });

  it("is at publishing when all others are done", () => {
    const all = [...done, row("checks", null), row("tests", null), row("review", review())];
    expect(standingAt(session({ status: "reviewing", stages: all }))).toEqual({ stage: "publish", number: 7 });
  });
});

describe("what is to be mended", () => {
  const tests = { kind: "tested", proof: "failed", tests: 2, passed: 1, failed: 1, reason: "", cases: [{ name: "test_bot.py::test_an_empty_file", outcome: "failed", message: "test_bot.py:8: in test_an_empty_file\n    assert main() == 2\nE   assert 1 == 2\nE   more" }] };

  it("is the test that failed, in one line", () => {
    expect(findingsOf(session({ stages: [row("tests", tests, { status: "found" })] }))).toBe("To be mended: an empty file: assert 1 == 2");
  });

  it("is what the checks found, where no test has failed", () => {
    const finding = { stage: "checks", code: "syntax", file: "bot.py", line: 3, message: "invalid syntax", severity: "error" };
    const checks = { kind: "checked", findings: [finding, { ...finding, severity: "warning", message: "long" }], skipped: [] };
    expect(findingsOf(session({ stages: [row("checks", checks, { status: "found" })] }))).toBe("To be mended: invalid syntax");
    expect(findingsOf(session())).toBeUndefined();
  });
});

it("reads the name of a test", () => {
  expect(plainName("test_bot.py::test_an_empty_file")).toBe("an empty file");
});
