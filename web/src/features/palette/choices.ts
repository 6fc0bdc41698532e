/** What the palette offers for what was typed. Pure: the same words give the same list. */
import type { Looked } from "../../api/preferences";
import { moment } from "../../format/moment";
import { palette } from "../../texts/palette";
import { shell } from "../../texts/shell";
import { PLACES } from "../shell/pages";

export interface Choice {
  key: string;
  label: string;
  hint?: string;
  to?: string;
  search?: Record<string, string>;
  command?: "shortcuts";
}

export interface Group {
  label: string;
  choices: Choice[];
}

export interface Hit {
  kind: string;
  title: string;
  snippet: string;
  link: string;
}

const API = "/api/v1";

/** Where the app shows what the API shows at `hit.link`; undefined where the app has no page for it. */
export function placeOf(hit: Hit): Pick<Choice, "to" | "search"> | undefined {
  const path = hit.link.startsWith(API) ? hit.link.slice(API.length) : hit.link;
  if (hit.kind === "bot" || hit.kind === "run" || hit.kind === "guide") return { to: path };
  if (hit.kind === "document") return { to: path.split("/documents")[0] ?? path };
  if (hit.kind === "recipe") return { to: "/build", search: { say: hit.title } };
  return undefined;
}

function matches(label: string, typed: string): boolean {
  return label.toLowerCase().includes(typed.toLowerCase());
}

/** What was looked at, by its name and what it is; of runs of one bot the time tells which. */
function lookedAt({ path, kind, name, at }: Looked): Choice {
  const what = palette.kinds[kind] ?? kind;
  return { key: `recent ${path}`, label: kind === "run" ? palette.runOf(name) : name, hint: at ? `${what} · ${moment(at, "short")}` : what, to: path };
}

export function gather(typed: string, hits: readonly Hit[], recent: readonly Looked[]): Group[] {
  const words = typed.trim();
  const pages = PLACES.filter((place) => matches(place.label, words)).map((place): Choice => ({ key: place.to, label: place.label, to: place.to }));
  const found = hits.flatMap((hit): Choice[] => {
    const place = placeOf(hit);
    return place ? [{ key: `${hit.kind} ${hit.link}`, label: `${hit.title} · ${hit.kind}`, hint: hit.snippet, ...place }] : [];
  });
  const commands: Choice[] = [];
  if (words.includes(" ")) commands.push({ key: "build", label: shell.palette.build(words), to: "/build", search: { say: words } });
  if (matches(shell.shortcuts.open, words)) commands.push({ key: "shortcuts", label: shell.shortcuts.open, command: "shortcuts" });
  const last = words === "" ? recent.map(lookedAt) : [];
  return [
    { label: shell.palette.recent, choices: last },
    { label: shell.palette.pages, choices: pages },
    { label: shell.palette.found, choices: found },
    { label: shell.palette.commands, choices: commands },
  ].filter((group) => group.choices.length > 0);
}
