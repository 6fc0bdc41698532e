/** What a session thinks while it works, as it comes. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { useLive } from "../../api/live";
import type { Session } from "./documents";
import { session as sessionQuery } from "./queries";

export interface Thought {
  stage: string;
  text: string;
}

/** Several events come together; the session is asked for once. */
const TOGETHER_MS = 60;

/** Follows a session while it works; every stage that ends asks for it again. The thoughts are those of its present work. */
export function useFollow({ id, status }: Session): Thought[] {
  const client = useQueryClient();
  const [thoughts, setThoughts] = useState<Thought[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function look() {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void client.invalidateQueries({ queryKey: sessionQuery(id).queryKey }), TOGETHER_MS);
  }

  useLive(status === "working" ? `/builder/sessions/${id}/events` : null, {
    thinking: (data) => setThoughts((present) => [...present, data as Thought]),
    stage: look,
    questions: look,
    status: (data) => {
      if ((data as { status: string }).status === "working") setThoughts([]);
      look();
    },
    end: look,
  }, look);
  return thoughts;
}

const TEST = /^(passed|failed|skipped) (.+)$/;

/** The tests that have ended, in their order, as the thoughts tell them one a line. */
export function casesIn(thoughts: readonly Thought[]): { name: string; outcome: string }[] {
  const lines = thoughts.filter((one) => one.stage === "tests").flatMap((one) => one.text.split("\n"));
  return lines.flatMap((line) => {
    const [, outcome, name] = TEST.exec(line) ?? [];
    return outcome && name ? [{ outcome, name }] : [];
  });
}

/** The last thing it said of a stage that is no test. */
export function lastThought(thoughts: readonly Thought[], stage: string): string | undefined {
  return thoughts.findLast((one) => one.stage === stage && !TEST.test(one.text.split("\n")[0] ?? ""))?.text;
}
