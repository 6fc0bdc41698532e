import { describe, expect, it } from "vitest";

import type { GivenFile } from "./files";
import { inSlot, lackedBy, lackedFiles, placed, slotFor, slotsOf, stopOf, type Needed, type Slot } from "./needs";

const need = (name: string | null, more: Partial<Needed["files"][number]> = {}) => ({ name, parameter: null, required: true, exact: true, ...more });
const file = (name: string, more: Partial<GivenFile> = {}): GivenFile => ({ key: name, name, size: 1, id: `u-${name}`, ...more });
const one: Needed = { files: [need("contacts.csv")], others: "none" };

describe("the places for files", () => {
  it("have the names that the code or the input says", () => {
    const needed: Needed = { files: [need("a.csv"), need(null, { parameter: "file" }), need(null, { parameter: "second", required: false })], others: "none" };
    expect(slotsOf(needed, { file: "b.csv", second: null }).map((slot) => [slot.name, slot.parameter, slot.required])).toEqual([
      ["a.csv", undefined, true],
      ["b.csv", "file", true],
      ["", "second", false],
    ]);
    expect(slotsOf(undefined, {})).toEqual([]);
  });

  it("name what was chosen for them", () => {
    const slots = slotsOf(one, {});
    const files = [file("export (3).csv", { slot: "name contacts.csv" }), file("other.csv")];
    expect(placed(files, slots).map(({ name }) => name)).toEqual(["contacts.csv", "other.csv"]);
  });

  it("are filled by a file of their name, wherever it was dropped", () => {
    const slots = slotsOf(one, {});
    expect(lackedFiles(one, [], slots).slots).toHaveLength(1);
    expect(lackedFiles(one, [file("contacts.csv")], slots).slots).toEqual([]);
    expect(lackedFiles(one, [file("people.csv")], slots).slots).toHaveLength(1);
    expect(lackedFiles(one, [file("x.csv", { slot: "name contacts.csv" })], slots).slots).toEqual([]);
  });

  it("take a file of nearly that name, or the only one, where the bot does", () => {
    const needed: Needed = { files: [need("contacts.csv", { exact: false }), need("old.csv", { exact: false })], others: "none" };
    const slots = slotsOf(needed, {});
    expect(lackedFiles(needed, [file("Contacts.CSV"), file("old.txt")], slots).slots).toEqual([]);
    expect(lackedFiles(needed, [file("data.csv")], slots).slots.map(({ name }) => name)).toEqual(["old.csv"]);
    expect(inSlot(slots[0] as Slot, [file("a"), file("b")], slots)).toBeUndefined();
  });

  it("may stay empty where a run can do without", () => {
    const needed: Needed = { files: [need("notes.txt", { required: false })], others: "some" };
    expect(lackedFiles(needed, [], slotsOf(needed, {}))).toEqual({ slots: [], any: false });
  });

  it("want any file where the bot lists what it is given", () => {
    const needed: Needed = { files: [], others: "needed" };
    expect(lackedFiles(needed, [], []).any).toBe(true);
    expect(lackedFiles(needed, [file("a")], []).any).toBe(false);
    expect(lackedFiles(undefined, [], []).any).toBe(false);
  });

  it("say in one sentence what is missing", () => {
    const needed: Needed = { files: [need("a.csv"), need(null, { parameter: "price_file" })], others: "none" };
    const slots = slotsOf(needed, {});
    expect(stopOf(lackedFiles(needed, [], slots))).toBe("It was not started: a.csv and Price file are missing. Choose them under Files.");
    expect(stopOf(lackedFiles(needed, [file("x", { slot: "parameter price_file" })], slots))).toContain("a.csv is missing. Choose it");
    expect(stopOf({ slots: [], any: true })).toContain("at least one");
    expect(stopOf({ slots: [], any: false })).toBeUndefined();
  });

  it("draw what is dropped", () => {
    const slots = slotsOf(one, {});
    expect(slotFor("contacts.csv", [], slots)?.key).toBe("name contacts.csv");
    expect(slotFor("export.csv", [], slots)?.key).toBe("name contacts.csv");
    expect(slotFor("export.csv", [file("contacts.csv")], slots)).toBeUndefined();
    const two = slotsOf({ files: [need("a.csv"), need("b.csv")], others: "none" }, {});
    expect(slotFor("c.csv", [], two)).toBeUndefined();
    expect(slotFor("b.csv", [], two)?.name).toBe("b.csv");
  });
});

describe("a run that failed for want of a file", () => {
  const failed = (detail: string, code = "bot_error") => ({ status: "failed" as const, error: { code, detail } });
  it.each([
    ["FileNotFoundError: no input file named 'contacts.csv'; there are: none", "contacts.csv"],
    ["FileNotFoundError: No file was given, and tickets v2.csv is needed. Choose it under Files …", "tickets v2.csv"],
    ["FileNotFoundError: No file was given. Choose some under Files when you start the bot", ""],
    ["FileNotFoundError: [Errno 2] No such file or directory: '/tmp/x/data.csv'", "data.csv"],
    ["ValueError: Which file is old.csv? Given were: a, b.", "old.csv"],
    ["FileNotFoundError: no input file named '<b>'; there are: none", "<b>"],
  ])("is known by %s", (detail, name) => expect(lackedBy(failed(detail))).toBe(name));

  it("is no other failure", () => {
    expect(lackedBy(failed("ValueError: no such thing"))).toBeUndefined();
    expect(lackedBy(failed("FileNotFoundError: no input file named 'a'; …", "exit_code"))).toBeUndefined();
    expect(lackedBy({ status: "succeeded", error: null })).toBeUndefined();
    expect(lackedBy(undefined)).toBeUndefined();
  });
});
