export const session = {
  title: "Sign in",
  busy: "Opening your workspace…",
  missing: "This page needs a one-time sign-in link.",
  how: "Run this on the machine where Codex-32 runs, and open the link it prints:",
  command: "codex32 open",
  failed: "This link does not work any more: each one opens one session, once.",
} as const;
