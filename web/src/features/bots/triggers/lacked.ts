/** What the runs of a schedule lack. Pure. */
import type { Schedule } from "../../../api/types";
import { triggers as texts } from "../../../texts/bots";
import { lackedFiles, slotsOf, type Needed } from "../../forms/needs";
import { isObject } from "../../forms/schema";

/** A sentence; undefined if nothing is missing, or nothing is known. A name that only the bot's defaults say is not known here. */
export function lackedOf(one: Pick<Schedule, "input" | "files">, needed: Needed | undefined): string | undefined {
  const files = one.files.map(({ name, size }) => ({ key: name, name, size, kept: true }));
  const slots = slotsOf(needed, isObject(one.input) ? one.input : {});
  const { slots: empty, any } = lackedFiles(needed, files, slots);
  if (empty.length === 0) return any ? texts.lacksAny : undefined;
  const names = empty.filter(({ name }) => name !== "").map(({ name }) => name);
  if (names.length > 0) return texts.lacks(new Intl.ListFormat("en").format(names), names.length);
  return files.length === 0 ? texts.lacksAny : undefined;
}
