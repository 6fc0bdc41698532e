import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

const RULE = /([^{}]+)\{/g;
const OWN = /^\s*(\.c32-[\w-]+)/;

function sheets(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sheets(path);
    return entry.name.endsWith(".css") ? [path] : [];
  });
}

/** Classes that begin a selector of this sheet. */
function classes(path: string): Set<string> {
  const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const selectors = [...text.matchAll(RULE)].flatMap((rule) => (rule[1] ?? "").split(","));
  return new Set(selectors.flatMap((selector) => OWN.exec(selector)?.[1] ?? []));
}

/** Sheets are loaded as pages are visited and stay: two that name one class alike would change each other's pages. */
it("gives every class to one style sheet", () => {
  const owners = new Map<string, string[]>();
  for (const path of sheets("src")) for (const name of classes(path)) owners.set(name, [...(owners.get(name) ?? []), path]);
  expect(owners.size).toBeGreaterThan(50);
  expect([...owners].filter(([, paths]) => paths.length > 1)).toEqual([]);
});
