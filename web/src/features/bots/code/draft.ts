/** What a person changed in the files of a version. Pure. */
import type { Schemas } from "../../../api/types";

export type StoredFile = Schemas["FileView"];

/** Path → new text; null takes a file away. A path that is not in it is as it was. */
export type Draft = Readonly<Record<string, string | null>>;

export interface Changed {
  path: string;
  kind: "changed" | "added" | "removed";
}

/** The draft with one text; what is as it was before is no change. */
export function typed(files: readonly StoredFile[], draft: Draft, path: string, text: string): Draft {
  const before = files.find((file) => file.path === path);
  return before?.content === text ? forgotten(draft, path) : { ...draft, [path]: text };
}

/** The draft without a file: one of the version is marked as removed, a new one is forgotten. */
export function without(files: readonly StoredFile[], draft: Draft, path: string): Draft {
  return files.some((file) => file.path === path) ? { ...draft, [path]: null } : forgotten(draft, path);
}

export function forgotten(draft: Draft, path: string): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([key]) => key !== path));
}

export function changesOf(files: readonly StoredFile[], draft: Draft): Changed[] {
  const known = new Set(files.map((file) => file.path));
  return Object.entries(draft).map(([path, text]): Changed => ({ path, kind: text === null ? "removed" : known.has(path) ? "changed" : "added" }));
}

/** All paths to show, in order: those of the version, removed ones too, then new ones. */
export function pathsOf(files: readonly StoredFile[], draft: Draft): string[] {
  const known = files.map((file) => file.path);
  return [...known, ...Object.keys(draft).filter((path) => !known.includes(path))];
}

/** Text of a file as it would be saved; null where it is no text. */
export function textOf(files: readonly StoredFile[], draft: Draft, path: string): string | null {
  return draft[path] ?? files.find((file) => file.path === path)?.content ?? null;
}

/** Path → text of all text files that would be saved. */
export function textsOf(files: readonly StoredFile[], draft: Draft): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const path of pathsOf(files, draft)) {
    const text = textOf(files, draft, path);
    if (text !== null && draft[path] !== null) texts[path] = text;
  }
  return texts;
}

/** Files of the version that are no text and stay: they must be sent again as they are. */
export function binariesOf(files: readonly StoredFile[], draft: Draft): string[] {
  return files.filter((file) => file.content === null && draft[file.path] === undefined).map((file) => file.path);
}

/** Whether a new file may have this name; the server looks at it more closely. */
export function isFreeName(paths: readonly string[], name: string): boolean {
  return /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name) && !paths.includes(name);
}

/** The file to open first: the one that was asked for, else the entry, else the first. */
export function openedFirst(paths: readonly string[], asked: string | undefined, entry: string): string {
  if (asked !== undefined && paths.includes(asked)) return asked;
  return paths.includes(entry) ? entry : (paths[0] ?? "");
}
