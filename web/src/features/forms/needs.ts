/** Which files a bot wants to be given, and which of them are there. Pure. */
import type { Run, Schemas } from "../../api/types";
import { forms } from "../../texts/forms";
import type { GivenFile } from "./files";
import { labelOf } from "./labels";
import type { JsonObject } from "./schema";

export type Needed = Schemas["NeededFilesView"];

/** A place for one file: the bot asks for it by this name. */
export interface Slot {
  key: string;
  /** "" while the input does not say it yet. */
  name: string;
  /** The property of the input that holds the name. */
  parameter?: string;
  required: boolean;
  /** It must have just this name; otherwise one of nearly that name does, or the only one. */
  exact: boolean;
}

export function slotsOf(needed: Needed | undefined, input: JsonObject): Slot[] {
  return (needed?.files ?? []).map(({ name, parameter, required, exact }) => {
    if (parameter === null) return { key: `name ${name}`, name: name ?? "", required, exact };
    const said = input[parameter];
    return { key: `parameter ${parameter}`, name: typeof said === "string" ? said : "", parameter, required, exact };
  });
}

/** The files under the names by which the bot finds them: one in a slot has the slot's. */
export function placed(files: readonly GivenFile[], slots: readonly Slot[]): GivenFile[] {
  return files.map((file) => ({ ...file, name: slots.find((slot) => slot.key === file.slot)?.name || file.name }));
}

/** `Contacts (2).CSV` and `contacts2.csv` are nearly the same. */
function plain(name: string): string {
  const stem = name.replace(/\.[^.]*$/, "");
  return stem.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The file that the bot takes for this slot, if it is there. */
export function inSlot(slot: Slot, files: readonly GivenFile[], slots: readonly Slot[]): GivenFile | undefined {
  const loose = files.filter((file) => file.slot === undefined);
  const own = files.find((file) => file.slot === slot.key) ?? loose.find((file) => slot.name !== "" && file.name === slot.name);
  if (own || slot.exact) return own;
  const near = loose.find((file) => plain(file.name) === plain(slot.name));
  return near ?? (files.length === 1 && slots[0] === slot ? files[0] : undefined);
}

/** What stands in the way of a run: files that it surely reads and that are not there; `any`: at least one file of whatever name. */
export function lackedFiles(needed: Needed | undefined, files: readonly GivenFile[], slots: readonly Slot[]): { slots: Slot[]; any: boolean } {
  return {
    slots: slots.filter((slot) => slot.required && !inSlot(slot, files, slots)),
    any: needed?.others === "needed" && files.every((file) => slots.some((slot) => inSlot(slot, files, slots) === file)),
  };
}

/** The sentence that says what is missing; undefined if nothing is. */
export function stopOf(lacked: { slots: Slot[]; any: boolean }, say: (files: string, count: number) => string = forms.files.stop): string | undefined {
  const names = lacked.slots.map((slot) => slot.name || labelOf(slot.parameter ?? "", undefined));
  if (names.length > 0) return say(new Intl.ListFormat("en").format(names), names.length);
  return lacked.any ? forms.files.lackingAny : undefined;
}

/** Where a file that was dropped belongs: the slot of its name, or the only one that is empty. */
export function slotFor(name: string, files: readonly GivenFile[], slots: readonly Slot[]): Slot | undefined {
  const empty = slots.filter((slot) => !inSlot(slot, files, slots));
  const named = empty.find((slot) => slot.name === name) ?? empty.find((slot) => !slot.exact && plain(slot.name) === plain(name));
  return named ?? (empty.length === 1 ? empty.find((slot) => slot.required) : undefined);
}

/** Messages of a bot that was not given a file, from `codex32_bot.files`, from bots made of recipes, and from Python itself. */
const LACKED = [
  /^FileNotFoundError: no input file named ['"](?<name>.+?)['"];/,
  /^FileNotFoundError: No file was given, and (?<name>.+) is needed\./,
  /^FileNotFoundError: No file was given\./,
  /^FileNotFoundError: \[Errno 2\] No such file or directory: ['"](?:.*\/)?(?<name>[^/]+?)['"]/,
  /^ValueError: Which file is (?<name>.+)\? Given were:/,
];

/** The file for want of which a run failed, "" if its name is not known; undefined if it did not fail for that. */
export function lackedBy(run: Pick<Run, "status" | "error"> | undefined): string | undefined {
  if (run?.status !== "failed" || run.error?.code !== "bot_error") return undefined;
  const { detail } = run.error;
  const found = LACKED.map((pattern) => pattern.exec(detail)).find((one) => one !== null);
  return found ? (found.groups?.name ?? "") : undefined;
}
