import { describe, expect, it } from "vitest";

import { read, written } from "./aliases";

describe("targets of an alias", () => {
  it("are read as they are written", () => {
    const targets = [
      { provider: "openai", model: "gpt" },
      { provider: "router", model: "maker/model:free" },
    ];
    expect(read(written(targets))).toEqual({ targets });
    expect(read("  openai/gpt  \n\n")).toEqual({ targets: [targets[0]] });
  });

  it.each(["gpt", "/gpt", "openai/"])("%s is no target", (line) => expect(read(`openai/gpt\n${line}`)).toEqual({ wrong: line }));
});
