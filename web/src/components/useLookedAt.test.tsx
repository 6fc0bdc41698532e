import { renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { lookedAtBy, preferences, type Looked } from "../api/preferences";
import { useLookedAt } from "./useLookedAt";

beforeEach(() => preferences.set({ recent: [] }));
const bot = (id: string, name = `bot ${id}`): Looked => ({ path: `/bots/${id}`, kind: "bot", name });
const names = () => preferences.get().recent.map((one) => one.name);

it("keeps what was looked at, the last first and each once", () => {
  const { rerender } = renderHook(({ looked }) => useLookedAt(looked), { initialProps: { looked: undefined as Looked | undefined } });
  expect(names()).toEqual([]);
  rerender({ looked: bot("1") });
  rerender({ looked: bot("2") });
  rerender({ looked: bot("1", "renamed") });
  expect(names()).toEqual(["renamed", "bot 2"]);
});

it("keeps eight", () => {
  for (let at = 0; at < 12; at += 1) renderHook(() => useLookedAt(bot(String(at))));
  expect(names()).toHaveLength(8);
  expect(names()[0]).toBe("bot 11");
});

it("is nobody else's", () => {
  lookedAtBy("ann");
  renderHook(() => useLookedAt(bot("1")));
  lookedAtBy("ann");
  expect(names()).toEqual(["bot 1"]);
  lookedAtBy("bob");
  expect(names()).toEqual([]);
});

it("is not brought back by another tab", () => {
  renderHook(() => useLookedAt(bot("1")));
  localStorage.setItem("codex32-preferences", JSON.stringify({ recent: [], zone: "Asia/Tokyo" }));
  window.dispatchEvent(new StorageEvent("storage", { key: "codex32-preferences" }));
  preferences.set({ firstStepsHidden: true });
  expect(preferences.get()).toMatchObject({ recent: [], zone: "Asia/Tokyo" });
});
