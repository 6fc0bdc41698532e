export const builder = {
  label: "What should be automated?",
  placeholder:
    "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email, and report how many were dropped",
  build: "Build the bot",
  building: "Building, and testing it in the sandbox…",
  published: (name: string) => `${name} is proven and published.`,
  questions: "A few things decide what the bot does:",
  answer: "Go on with these answers",
  refused: "That is beyond what can be built without a language model today.",
  understood: "What it will do",
} as const;
