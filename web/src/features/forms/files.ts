/** Files that wait to be an input of a run. They are uploaded as soon as they are chosen. */
import { call } from "../../api/client";
import type { Upload } from "../../api/types";
import { forms } from "../../texts/forms";

export interface GivenFile {
  key: string;
  /** By which the bot reads it; a person may change it. */
  name: string;
  size: number;
  /** Of the upload, once it is there. */
  id?: string;
  error?: string;
  /** Key of the place that it was chosen for: there it has the name that the bot asks for. */
  slot?: string;
  /** It is there already, as of a schedule: nothing is sent for it. */
  kept?: boolean;
}

export function upload(file: File): Promise<Upload> {
  return call<Upload>(`/uploads?name=${encodeURIComponent(file.name)}`, { method: "PUT", raw: file });
}

/** What is wrong with a file's name; undefined if nothing is. */
export function nameProblem(files: readonly GivenFile[], file: GivenFile): string | undefined {
  if (file.name.trim() === "" || /[/\\]/.test(file.name)) return forms.files.bad;
  return files.some((other) => other.key !== file.key && other.name === file.name) ? forms.files.twice : undefined;
}

/** All are there and have names of their own: they can be sent. */
export function areReady(files: readonly GivenFile[]): boolean {
  return files.every((file) => (file.kept || file.id !== undefined) && nameProblem(files, file) === undefined);
}

/** As the API takes them: name → id of the upload. */
export function filesOf(files: readonly GivenFile[]): Record<string, string> {
  return Object.fromEntries(files.flatMap((file) => (file.kept || file.id === undefined ? [] : [[file.name, file.id]])));
}
