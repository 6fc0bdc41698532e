import { describe, expect, it } from "vitest";

import { binariesOf, changesOf, isFreeName, openedFirst, pathsOf, textsOf, typed, without, type StoredFile } from "./draft";

const FILES: StoredFile[] = [
  { path: "bot.py", content: "a", size: 1 },
  { path: "test_bot.py", content: "t", size: 1 },
  { path: "logo.png", content: null, size: 9 },
];

describe("a draft", () => {
  it("holds what differs, and nothing that was typed back", () => {
    const draft = typed(FILES, {}, "bot.py", "b");
    expect(changesOf(FILES, draft)).toEqual([{ path: "bot.py", kind: "changed" }]);
    expect(typed(FILES, draft, "bot.py", "a")).toEqual({});
  });

  it("adds and removes files", () => {
    const draft = without(FILES, typed(FILES, {}, "new.py", ""), "test_bot.py");
    expect(changesOf(FILES, draft).map((change) => change.kind).sort()).toEqual(["added", "removed"]);
    expect(pathsOf(FILES, draft)).toEqual(["bot.py", "test_bot.py", "logo.png", "new.py"]);
    expect(textsOf(FILES, draft)).toEqual({ "bot.py": "a", "new.py": "" });
    expect(without(FILES, draft, "new.py")).toEqual({ "test_bot.py": null });
  });

  it("keeps files that are no text until they are removed", () => {
    expect(binariesOf(FILES, {})).toEqual(["logo.png"]);
    expect(binariesOf(FILES, without(FILES, {}, "logo.png"))).toEqual([]);
  });
});

it("knows names that a new file may have", () => {
  expect(["a.py", "data/words.txt", "a-b_c.py"].every((name) => isFreeName(["bot.py"], name))).toBe(true);
  expect(["bot.py", "", "../a", "/a", ".env", "a b", "a//b"].some((name) => isFreeName(["bot.py"], name))).toBe(false);
});

it("opens what was asked for, or the entry", () => {
  expect(openedFirst(["a.py", "bot.py"], "a.py", "bot.py")).toBe("a.py");
  expect(openedFirst(["a.py", "bot.py"], "gone.py", "bot.py")).toBe("bot.py");
  expect(openedFirst(["a.py"], undefined, "bot.py")).toBe("a.py");
  expect(openedFirst([], undefined, "bot.py")).toBe("");
});
