/** Targets of an alias as people write them: one `provider/model` a line, in the order in which they are tried. */

export interface Target {
  provider: string;
  model: string;
}

export const written = (targets: readonly Target[]) => targets.map((target) => `${target.provider}/${target.model}`).join("\n");

/** The model's own name may hold further slashes. Answers the first line that is none instead of guessing. */
export function read(text: string): { targets: Target[] } | { wrong: string } {
  const targets: Target[] = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "") continue;
    const slash = line.indexOf("/");
    if (slash < 1 || slash === line.length - 1) return { wrong: line };
    targets.push({ provider: line.slice(0, slash), model: line.slice(slash + 1) });
  }
  return { targets };
}
