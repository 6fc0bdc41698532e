import { describe, expect, it } from "vitest";

import { said, toneOf } from "./happenings";
import { urgentFirst, versionName } from "./order";
import type { Service } from "./queries";

describe("services in words", () => {
  it.each([
    [{ http: "/health", command: null, failures: 3 }, "http /health, failures 3"],
    [["python", "check.py"], "python check.py"],
    [false, "no"],
    ["1m", "1m"],
  ])("%j of a manifest is said as %s", (value, words) => expect(said(value)).toBe(words));

  it("gives what it does not know a quiet tone", () => {
    expect(toneOf("quarantined")).toBe("bad");
    expect(toneOf("something_new")).toBe("quiet");
  });

  it("names a version by its number, and several at once not at all", () => {
    expect(versionName({ number: 4 })).toBe("#4");
    expect(versionName(null)).toBe("–");
  });

  it("puts first what needs a person", () => {
    const one = (bot_name: string, status: string) => ({ bot_name, status }) as Service;
    const names = urgentFirst([one("b", "running"), one("c", "down"), one("a", "running"), one("d", "quarantined")]);
    expect(names.map((service) => service.bot_name)).toEqual(["d", "c", "a", "b"]);
  });
});
