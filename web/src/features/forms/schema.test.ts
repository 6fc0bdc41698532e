import { describe, expect, it } from "vitest";

import { branchOf, fieldOf, resolve, type Kind, type Rules, type Schema } from "./schema";

const ROOT: Rules = {
  $defs: {
    Colour: { title: "Colour", enum: ["red", "blue"] },
    Place: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    Loop: { $ref: "#/$defs/Loop" },
    Cat: { type: "object", title: "Cat", properties: { kind: { const: "cat" } }, required: ["kind"] },
    Dog: { type: "object", title: "Dog", properties: { kind: { const: "dog" } }, required: ["kind"] },
  },
};

describe("fieldOf", () => {
  it.each([
    [{ type: "string" }, "text"],
    [{ type: "integer" }, "number"],
    [{ type: "number" }, "number"],
    [{ type: "boolean" }, "boolean"],
    [{ enum: ["a"] }, "choice"],
    [{ const: 3 }, "choice"],
    [{ type: "array", items: { type: "string" } }, "list"],
    [{ type: "array" }, "json"],
    [{ type: "array", prefixItems: [{ type: "string" }] }, "tuple"],
    [{ type: "object", additionalProperties: { type: "integer" } }, "map"],
    [{ $ref: "#/$defs/Place" }, "object"],
    [{ $ref: "#/$defs/Colour" }, "choice"],
    [{ $ref: "#/$defs/Nowhere" }, "json"],
    [{ $ref: "#/$defs/Loop" }, "json"],
    [{}, "json"],
    [true, "json"],
    [undefined, "json"],
  ] satisfies [Schema | undefined, Kind][])("reads %j as %s", (schema, kind) => {
    const field = fieldOf(ROOT, schema);
    expect([field.kind, field.nullable]).toEqual([kind, false]);
  });

  it("takes null out of a choice of types, however it is written", () => {
    for (const schema of [{ anyOf: [{ type: "integer" }, { type: "null" }] }, { oneOf: [{ type: "null" }, { type: "integer" }] }, { type: ["integer", "null"] }]) {
      const field = fieldOf(ROOT, { ...schema, description: "How many", default: 3 });
      expect(field).toMatchObject({ kind: "number", nullable: true, rules: { type: "integer", description: "How many", default: 3 } });
    }
    expect(fieldOf(ROOT, { anyOf: [{ $ref: "#/$defs/Colour" }, { type: "null" }] })).toMatchObject({ kind: "choice", nullable: true, options: ["red", "blue"] });
    expect(fieldOf(ROOT, { enum: ["a", null] })).toMatchObject({ kind: "choice", nullable: true, options: ["a"] });
  });

  it("keeps what stands beside a reference", () => {
    expect(resolve(ROOT, { $ref: "#/$defs/Colour", description: "Of the car", default: "red" })).toEqual({
      title: "Colour", enum: ["red", "blue"], description: "Of the car", default: "red",
    }); // prettier-ignore
    expect(resolve(ROOT, { allOf: [{ $ref: "#/$defs/Place" }], title: "Here" })).toMatchObject({ type: "object", title: "Here" });
  });

  it("finds the branch of a union that a value has", () => {
    const either = fieldOf(ROOT, { anyOf: [{ type: "integer" }, { type: "string" }] });
    expect([either.kind, branchOf(ROOT, either, "x"), branchOf(ROOT, either, 3), branchOf(ROOT, either, undefined)]).toEqual(["union", 1, 0, 0]);
    const pet = fieldOf(ROOT, { oneOf: [{ $ref: "#/$defs/Cat" }, { $ref: "#/$defs/Dog" }] });
    expect(branchOf(ROOT, pet, { kind: "dog" })).toBe(1);
    expect(fieldOf(ROOT, { anyOf: [{ const: "a" }, { const: "b" }] })).toMatchObject({ kind: "choice", options: ["a", "b"] });
  });
});
