export const runs = {
  title: "Runs",
  empty: "Nothing ran yet. Open a bot and press Run.",
  all: "All",
} as const;

export const run = {
  output: "Output",
  error: "Why it did not succeed",
  log: "Log",
  logEmpty: "Nothing was printed.",
  files: "Files it left",
  attempts: "Attempts",
  cancel: "Cancel",
  again: "Run again",
  waiting: "Waiting for lines…",
  calledBy: "Called by run",
  wait: {
    approval: "It waits for an answer",
    sleep: "It sleeps",
    call: "It waits for another run",
    until: "It goes on at",
    approve: "Approve",
    reject: "Reject",
    comment: "Comment",
  },
} as const;
