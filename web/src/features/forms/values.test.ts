import { describe, expect, it } from "vitest";

import { freeName, initialInput, renamed, withProperty } from "./values";

describe("initialInput", () => {
  it("takes defaults, and of what is required the emptiest value", () => {
    const schema = {
      type: "object",
      properties: {
        days: { type: "integer" },
        limit: { type: "integer", default: 5 },
        note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
        ok: { type: "boolean" },
        place: { $ref: "#/$defs/Place" },
        tags: { type: "array", items: { type: "string" } },
        only: { const: "csv" },
        left: { type: "string" },
      },
      required: ["days", "ok", "place", "tags", "only"],
      $defs: { Place: { type: "object", properties: { city: { type: "string", default: "Ulm" }, next: { $ref: "#/$defs/Place" } }, required: ["city"] } },
    };
    expect(initialInput(schema)).toEqual({ limit: 5, note: null, ok: false, place: { city: "Ulm" }, tags: [], only: "csv" });
  });

  it("ends where a model must hold itself", () => {
    const schema = { $ref: "#/$defs/Node", $defs: { Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } }, required: ["next"] } } };
    expect(JSON.stringify(initialInput(schema)).length).toBeLessThan(200);
  });

  it("gives each form defaults of its own", () => {
    const schema = { properties: { tags: { type: "array", items: { type: "string" }, default: ["a"] } } };
    expect(initialInput(schema)).toEqual({ tags: ["a"] });
    expect(initialInput(schema).tags).not.toBe(initialInput(schema).tags);
    expect(initialInput(undefined)).toEqual({});
  });
});

describe("objects", () => {
  it("change one property and keep the order", () => {
    expect(withProperty({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
    expect(Object.keys(renamed({ a: 1, b: 2 }, "a", "c"))).toEqual(["c", "b"]);
    expect(renamed({ a: 1, b: 2 }, "a", "b")).toEqual({ a: 1, b: 2 });
    expect(freeName({ name: 1, name_2: 1 }, "name")).toBe("name_3");
  });
});
