/** Answers to what the page asks first. `public/ask.js` asks it while the app is on its way; the server says what (`bundle/pages.ts`). */

interface Kept {
  codex32Early?: Map<string, Promise<Response | undefined>>;
}

const kept: Kept = globalThis as Kept;

/** An answer stands for the present only for so long. */
const FRESH_MS = 20_000;

/** The answer to `path`, once; undefined if it was not asked, got no answer, or is from long ago. */
export async function early(path: string): Promise<Response | undefined> {
  const answer = kept.codex32Early?.get(path);
  kept.codex32Early?.delete(path);
  return performance.now() < FRESH_MS ? answer : undefined;
}

/** Something was changed: what was asked before is not so any more. */
export function forgetEarly(): void {
  kept.codex32Early?.clear();
}
