import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect, it } from "vitest";

import { makersOf } from "../bundle/direct";

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

const MANTINE = "node_modules/@mantine/core";

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "testing" ? [] : sources(path);
    return /(?<!\.test)\.tsx?$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

/** Components whose styles a file of Mantine needs, through whatever it imports. */
function styled(file: string, seen: Set<string>): string[] {
  if (file === "" || seen.has(file)) return [];
  seen.add(file);
  const own = /\/([A-Z]\w+)\.module\.mjs$/.exec(file)?.[1];
  const needed = [...readFileSync(file, "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g)];
  return [...(own ? [own] : []), ...needed.flatMap(([, path = ""]) => styled(join(dirname(file), path), seen))];
}

it("has the styles of every component of Mantine that is in use", () => {
  const texts = sources("src");
  const makers = makersOf(MANTINE, "esm/index.mjs");
  const used = texts.flatMap((text) => [...text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)]).flatMap(([, list = ""]) => list.split(",").map((one) => one.trim()));
  const seen = new Set<string>();
  const wanted = used.flatMap((name) => styled(makers.get(name)?.[0] ?? "", seen));
  const there = texts.flatMap((text) => [...text.matchAll(/"@mantine\/core\/styles\/(\w+)\.css"/g)].map(([, name]) => name));
  expect(wanted.length).toBeGreaterThan(30);
  expect(wanted.filter((name) => !there.includes(name))).toEqual([]);
});
