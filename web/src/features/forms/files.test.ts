import { expect, it } from "vitest";

import { areReady, filesOf, nameProblem } from "./files";

const file = (key: string, name: string, id?: string) => ({ key, name, size: 1, id });

it("sends what is there, under the names of the person", () => {
  const files = [file("1", "a.csv", "u1"), file("2", "b.csv", "u2")];
  expect([filesOf(files), areReady(files)]).toEqual([{ "a.csv": "u1", "b.csv": "u2" }, true]);
  expect(areReady([file("1", "a.csv")])).toBe(false);
});

it("refuses names that two have, and names that are paths", () => {
  const [first, second] = [file("1", "a", "u1"), file("2", "a", "u2")];
  expect(nameProblem([first, second], first)).toBeDefined();
  expect(nameProblem([first], first)).toBeUndefined();
  expect(areReady([file("1", "../a", "u1")])).toBe(false);
  expect(areReady([file("1", " ", "u1")])).toBe(false);
});
