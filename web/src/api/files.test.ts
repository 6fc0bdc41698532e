import { afterEach, expect, it, vi } from "vitest";

import { ApiError } from "./client";
import { answers, fileOf, renew } from "./files";

const server = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", answer);
const away = () => Promise.reject(new TypeError("no route"));
afterEach(() => vi.unstubAllGlobals());

it("takes any answer for one", async () => {
  server(() => Promise.resolve(Response.json({}, { status: 401 })));
  expect(await answers()).toBe(true);
  server(away);
  expect(await answers()).toBe(false);
});

it("gives the file, and fails with what is the matter if it cannot be had", async () => {
  const gone = new TypeError("Failed to fetch dynamically imported module");
  expect(await fileOf(() => Promise.resolve("file"))()).toBe("file");
  server(() => Promise.resolve(Response.json({})));
  await expect(fileOf(() => Promise.reject(gone))()).rejects.toBe(gone);
  server(away);
  const failure = await fileOf(() => Promise.reject(gone))().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect((failure as ApiError).problem.code).toBe("unreachable");
});

it("fetches the new build only where there is a server to fetch it from", async () => {
  const reload = vi.fn();
  vi.stubGlobal("window", { location: { reload } });
  server(away);
  await renew();
  expect(reload).not.toHaveBeenCalled();
  server(() => Promise.resolve(Response.json({})));
  await renew();
  expect(reload).toHaveBeenCalledOnce();
});
