import { expect, it } from "vitest";

import { frames } from "./frame";
import { PAGES } from "./pages";

it("draws frames that run nothing and style nothing", () => {
  expect(frames).toHaveLength(PAGES.length);
  for (const frame of frames) expect(frame).not.toMatch(/<script|<style|style=|<a |onclick|Loading/i);
});

it("keeps frames from those who would use or hear them", () => {
  const drawn = frames.filter((frame) => frame !== "");
  expect(drawn.length).toBe(PAGES.length - 1);
  for (const frame of drawn) expect(frame).toMatch(/^<div aria-hidden="true" inert="">/);
});

it("says where one is", () => {
  const runs = frames[PAGES.findIndex((page) => page.path === "/runs")] ?? "";
  expect(runs).toContain("<h1");
  expect(runs.match(/data-status="active">/g)).toHaveLength(1);
  expect(frames[0]).toBe("");
});
