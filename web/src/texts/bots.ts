export const bots = {
  title: "Bots",
  empty: "No bots yet. Describe one above, or run `codex32 deploy FILE`.",
  search: "Search bots",
  none: "No bot matches.",
} as const;

export const bot = {
  run: "Run",
  running: "Starting…",
  input: "Input (JSON)",
  files: "Input files",
  inputBad: "The input is not a JSON object.",
  versions: "Versions",
  schedules: "Schedules",
  noSchedules: "Nothing starts this bot by itself.",
  runs: "Latest runs",
  proof: {
    pending: "being proven",
    proven: "proven",
    unproven: "unproven: it has no tests",
    failed: "its tests failed",
  } as Record<string, string>,
} as const;
