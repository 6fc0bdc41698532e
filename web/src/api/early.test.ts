import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { call } from "./client";

const asked = vi.fn(() => Promise.resolve(Response.json("asked now")));

beforeEach(() => {
  const early = new Map<string, Promise<Response | undefined>>([
    ["/me", Promise.resolve(Response.json("asked before"))],
    ["/away", Promise.resolve(undefined)],
    ["/not", Promise.resolve(Response.json({ code: "not_signed_in" }, { status: 401 }))],
  ]);
  vi.stubGlobal("codex32Early", early);
  vi.stubGlobal("fetch", asked);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  asked.mockClear();
});

it("takes an answer that was asked for before the app came, once", async () => {
  expect(await call("/me")).toBe("asked before");
  expect(asked).not.toHaveBeenCalled();
  expect(await call("/me")).toBe("asked now");
});

it("asks itself what got no answer then, or was not asked", async () => {
  expect(await call("/away")).toBe("asked now");
  expect(await call("/bots")).toBe("asked now");
  expect(asked).toHaveBeenCalledTimes(2);
});

it("hands on what the server refused", async () => {
  await expect(call("/not")).rejects.toMatchObject({ problem: { code: "not_signed_in", status: 401 } });
});

it("asks anew after a change, and after a while", async () => {
  await call("/session", { method: "DELETE" });
  expect(await call("/me")).toBe("asked now");
  vi.spyOn(performance, "now").mockReturnValue(60_000);
  vi.stubGlobal("codex32Early", new Map([["/me", Promise.resolve(Response.json("long ago"))]]));
  expect(await call("/me")).toBe("asked now");
});
