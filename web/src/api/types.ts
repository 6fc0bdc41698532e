/** What the API answers, by the names the pages use; the shapes themselves are generated. */
import type { components } from "./schema.gen";

export type Schemas = components["schemas"];

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export type Me = Schemas["MeView"];
export type Bot = Schemas["BotView"];
export type Version = Schemas["VersionView"];
export type Run = Schemas["RunView"];
export type Found = Schemas["FoundView"];
export type Guide = Schemas["GuideView"];
export type LogLine = Schemas["LogLineView"];
export type Schedule = Schemas["ScheduleView"];
export type Question = Schemas["QuestionView"];
export type Upload = Schemas["UploadView"];

const ENDED = new Set(["succeeded", "failed", "cancelled", "timed_out"]);

export function hasEnded(status: string): boolean {
  return ENDED.has(status);
}
