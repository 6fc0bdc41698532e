import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";

import { show } from "../../testing/render";
import type { FieldErrors } from "./errors";
import type { JsonObject, Rules } from "./schema";
import { SchemaForm } from "./SchemaForm";
import { initialInput } from "./values";

function shown(schema: Rules, errors?: FieldErrors) {
  const changed = vi.fn<(value: JsonObject) => void>();
  const valid = vi.fn<(is: boolean) => void>();
  function Page() {
    const [value, setValue] = useState(() => initialInput(schema));
    return (
      <SchemaForm
        schema={schema}
        value={value}
        errors={errors}
        onValid={valid}
        onChange={(next) => {
          setValue(next);
          changed(next);
        }}
      />
    );
  }
  show(<Page />);
  return { last: () => changed.mock.lastCall?.[0], valid: () => valid.mock.lastCall?.[0] };
}

const type = (label: string | RegExp, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

it("asks for each kind of value with its control", () => {
  const form = shown({
    properties: {
      days: { type: "integer", description: "Older than this." },
      name: { type: "string", default: "x" },
      note: { anyOf: [{ type: "string" }, { type: "null" }], default: "n" },
      ok: { type: "boolean", default: true },
      colour: { enum: ["red", 3], default: "red" },
    },
    required: ["days"],
  });
  expect(screen.getByText("Older than this.")).toBeTruthy();
  type(/^Days/, "14");
  type(/^Name/, "");
  type(/^Note/, "");
  fireEvent.click(screen.getByLabelText("Ok"));
  type(/^Colour/, "1");
  expect(form.last()).toEqual({ days: 14, name: "", note: null, ok: false, colour: 3 });
});

it("adds to lists, maps and objects that may be left out", () => {
  const form = shown({
    properties: {
      tags: { type: "array", items: { type: "string" }, default: [] },
      sizes: { type: "object", additionalProperties: { type: "integer" }, default: {} },
      place: { anyOf: [{ $ref: "#/$defs/Place" }, { type: "null" }], default: null },
      columns: { type: "array", items: { enum: ["a", "b"] }, default: ["b"] },
    },
    $defs: { Place: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false } },
  });
  fireEvent.click(screen.getByText("Add to Tags"));
  type("Tags 1", "new");
  fireEvent.click(screen.getByText("Add a value"));
  type(/^Name/, "m");
  type(/^Value/, "3");
  fireEvent.click(screen.getByLabelText("Set place"));
  type(/^City/, "Ulm");
  fireEvent.click(screen.getByLabelText("a"));
  expect(form.last()).toEqual({ tags: ["new"], sizes: { m: 3 }, place: { city: "Ulm" }, columns: ["a", "b"] });
  fireEvent.click(screen.getByLabelText("Remove Tags 1"));
  fireEvent.click(screen.getByLabelText("Set place"));
  expect(form.last()).toMatchObject({ tags: [], place: null });
});

it("changes the kind of a union", () => {
  const form = shown({ properties: { either: { anyOf: [{ type: "integer" }, { type: "string" }], default: 3 } } });
  type(/^Kind of Either/, "1");
  type("Value", "words");
  expect(form.last()).toEqual({ either: "words" });
});

it("shows the server's complaints at their fields, and those about nothing shown above", () => {
  shown({ properties: { days: { type: "integer" } } }, { days: "is missing", other: "is not expected <b>" });
  expect(screen.getByLabelText(/^Days/).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("alert").textContent).toBe("other is not expected <b>");
});

it("takes JSON, holds back what is no object, and comes back to the form", () => {
  const form = shown({ properties: { days: { type: "integer", default: 1 } } });
  fireEvent.click(screen.getByLabelText("JSON"));
  type("Input as JSON", '{"days": 2');
  expect([form.valid(), form.last()]).toEqual([false, undefined]);
  type("Input as JSON", '{"days": 2}');
  expect([form.valid(), form.last()]).toEqual([true, { days: 2 }]);
  fireEvent.click(screen.getByLabelText("Form"));
  expect(screen.getByLabelText<HTMLInputElement>("Days").value).toBe("2");
});
