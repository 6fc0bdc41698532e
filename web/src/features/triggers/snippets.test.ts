import { describe, expect, it } from "vitest";

import { curl, exampleOf, python, quoted, type Called } from "./snippets";

const hook: Called = { url: "http://localhost/hooks/abc", auth: "signature", methods: ["POST"], delivery_id: null };

describe("how to call a webhook", () => {
  it("signs with a secret that it does not contain", () => {
    const text = curl(hook, '{"n": 4}');
    expect(text).toContain("webhook-signature: v1,$SIGNATURE");
    expect(text).toContain(`BODY='{"n": 4}'`);
  });

  it("lets no body out of its quotes", () => {
    expect(quoted("it's $(rm -rf /)")).toBe(`'it'\\''s $(rm -rf /)'`);
    expect(curl({ ...hook, auth: "none" }, `{"a":"'; ls"}`)).toContain(`-d '{"a":"'\\''; ls"}'`);
    expect(python({ ...hook, auth: "none" }, '"""')).toContain('body = "\\"\\"\\"".encode()');
  });

  it("sends a token, and no body with GET", () => {
    const text = curl({ ...hook, auth: "token", methods: ["GET"] }, "{}");
    expect(text).toContain("Bearer $TOKEN");
    expect(text).not.toContain("-d ");
  });
});

describe("an example of an input", () => {
  it.each([
    [{ type: "object", properties: { n: { type: "integer" }, name: { type: "string", default: "Ada" } } }, { n: 1, name: "Ada" }],
    [{ type: ["number", "null"] }, 1],
    [{ type: "array", items: { type: "string" } }, ["text"]],
    [{ enum: ["low", "high"] }, "low"],
    [{}, null],
  ])("of %j", (schema, example) => expect(exampleOf(schema)).toEqual(example));
});
