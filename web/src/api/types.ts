/** What the API answers, by the names the pages use. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Me {
  member: { id: string; name: string; role: string };
  workspace: { id: string; name: string; slug: string; timezone: string };
}

export interface Bot {
  id: string;
  name: string;
  title: string;
  description: string;
  role: string;
  tags: string[];
  status: string;
  environments: Record<string, { version_id: string; number: number; digest: string }>;
  latest_version: { id: string; number: number; digest: string; proof: string } | null;
  updated_at: string;
}

export interface Version {
  id: string;
  number: number;
  digest: string;
  proof: string;
  environments: string[];
  input_schema: Record<string, unknown>;
  message: string;
  created_at: string;
}

export interface Run {
  id: string;
  bot_id: string;
  bot_name: string;
  environment: string;
  status: string;
  attempt: number;
  output: unknown;
  error: { code: string; detail: string } | null;
  trigger: { kind: string; id: string | null };
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  duration_ms: number | null;
  files: { name: string; size: number; content_type: string }[];
  next_steps: string[];
}

export interface LogLine {
  attempt: number;
  line: number;
  at: string;
  stream: string;
  level: string | null;
  text: string;
}

export interface Schedule {
  id: string;
  name: string;
  cron: string;
  timezone: string;
  paused: boolean;
  next_fire_at: string | null;
}

export interface Question {
  id: string;
  text: string;
  kind: string;
  choices?: string[] | null;
  default?: string | number | null;
}

export interface Built {
  status: "published" | "needs_answers" | "refused" | "understood";
  bot: { id: string; name: string } | null;
  questions: Question[];
  reason: string | null;
  understanding: string[];
}

const ENDED = new Set(["succeeded", "failed", "cancelled", "timed_out"]);

export function hasEnded(status: string): boolean {
  return ENDED.has(status);
}
