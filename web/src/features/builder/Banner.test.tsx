import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { useMay } from "../../api/rights";
import { showRouted, somebody } from "../../testing/routed";
import { Banner } from "./Banner";
import { BOT, review, session } from "./testing";

afterEach(() => vi.unstubAllGlobals());

it("brings the keyboard to publishing, whatever else can be done, and says who will see it", async () => {
  const change = session({ status: "reviewing", changes: BOT, stages: [], review: review() });
  const Known = () => useMay()("bots:write") && <Banner session={change} />;
  await showRouted(Known, { "/me": somebody("bots:write", "proposals:write", "builder:write"), "/secrets": { items: [] } });
  const publish = await screen.findByRole("button", { name: "Publish the change…" });
  await waitFor(() => expect(document.activeElement).toBe(publish));
  expect(screen.getByRole("button", { name: "Leave it to somebody else" })).toBeTruthy();
});
