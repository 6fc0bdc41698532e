import { expect, it } from "vitest";

import { pairsOf } from "./flat";

it("reads named values as labels and values", () => {
  expect(pairsOf({ dropped_unless_maths_is_below_5: 12, ok: true, file: "pupils.csv", none: null, "Ä b": 0.5 })).toEqual([
    ["Dropped unless maths is below 5", "12"],
    ["Ok", "yes"],
    ["File", "pupils.csv"],
    ["None", "–"],
    ["Ä b", "0.5"],
  ]);
});

it("keeps the names where words would make two the same", () => {
  expect(pairsOf({ max_rows: 1, maxRows: 2 })?.map(([label]) => label)).toEqual(["max_rows", "maxRows"]);
});

it("leaves to JSON what is nested, long, many, or no object", () => {
  const many = Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`k${at}`, at]));
  for (const output of [{ a: { b: 1 } }, { a: [1] }, { a: "x".repeat(2001) }, many, {}, [1, 2], "text", 5, null]) {
    expect(pairsOf(output)).toBeUndefined();
  }
});
