import { readFileSync } from "node:fs";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { PAGES } from "./pages";

const asked: string[] = [];
vi.mock("../src/api/client", async (original) => ({
  ...(await original<typeof import("../src/api/client")>()),
  call: (path: string) => {
    asked.push(path);
    return Promise.resolve({ items: [], models: [] });
  },
}));

const bots = await import("../src/features/bots/queries");
const core = await import("../src/api/queries");
const home = await import("../src/features/home/queries");
const runs = await import("../src/features/runs/queries");

/** Asks as a page does that has just been opened. */
async function ask(...questions: { queryFn?: unknown }[]): Promise<string[]> {
  for (const { queryFn } of questions) await (queryFn as (context: object) => Promise<unknown>)({ pageParam: undefined });
  return [...asked].sort();
}

const told = (path: string) => [...(PAGES.find((page) => page.path === path)?.asks ?? [])].sort();

beforeEach(() => void asked.splice(0));

it("knows every address of the router, and its file", () => {
  const router = readFileSync("src/router.tsx", "utf8");
  const routes = [...router.matchAll(/path: "([^"]+)"[\s\S]*?import\("\.\/features\/([^"]+)"\)/g)].map(([, path, file]) => `${path} ${file}`);
  expect(PAGES.map(({ path, file }) => `${path} ${file}`).sort()).toEqual(routes.sort());
});

describe("asks ahead exactly what the page asks", () => {
  it("at home", async () =>
    expect(
      await ask(home.overview(), home.failures(), home.series("hour"), home.anyBot(), home.anyRun(), home.anySchedule(), home.anyWebhook(), home.anyModel()),
    ).toEqual(told("/")));
  it("of bots", async () => expect(await ask(bots.list({}), bots.facets(undefined))).toEqual(told("/bots")));
  it("of a bot", async () => expect(await ask(core.bot("$botId"))).toEqual(told("/bots/$botId")));
  it("of runs", async () => expect(await ask(runs.runs({}))).toEqual(told("/runs")));
  it("of a run", async () => expect(await ask(runs.run("$runId"))).toEqual(told("/runs/$runId")));
});
