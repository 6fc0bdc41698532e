/** What the runs of a schedule lack. Pure. */
import type { Schedule } from "../../../api/types";
import { triggers as texts } from "../../../texts/bots";
import { lackedFiles, slotsOf, type Needed } from "../../forms/needs";
import { isObject } from "../../forms/schema";

type Given = Pick<Schedule, "input" | "files">;

/** A sentence; undefined if nothing is missing, or nothing is known. */
export function lackedOf(one: Given, needed: Needed | undefined): string | undefined {
  const names = lackedNames(one, needed);
  if (names === undefined) return undefined;
  return names.length > 0 ? texts.lacks(new Intl.ListFormat("en").format(names), names.length) : texts.lacksAny;
}

/** The files that are missing, none of them named where only the bot's defaults say how it is called; undefined as above. */
export function lackedNames(one: Given, needed: Needed | undefined): string[] | undefined {
  const files = one.files.map(({ name, size }) => ({ key: name, name, size, kept: true }));
  const slots = slotsOf(needed, isObject(one.input) ? one.input : {});
  const { slots: empty, any } = lackedFiles(needed, files, slots);
  if (empty.length === 0) return any ? [] : undefined;
  const names = empty.filter(({ name }) => name !== "").map(({ name }) => name);
  return names.length > 0 || files.length === 0 ? names : undefined;
}
