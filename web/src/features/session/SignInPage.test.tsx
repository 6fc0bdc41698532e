import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { showAt } from "../../testing/router";
import { SignInPage } from "./SignInPage";

const answer = vi.fn();
beforeEach(() => {
  localStorage.clear();
  answer.mockReset().mockResolvedValue(new Response(null, { status: 204 }));
  vi.stubGlobal("fetch", answer);
});
afterEach(() => {
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

function at(address: string) {
  window.history.replaceState(null, "", address);
  return showAt(address, <SignInPage />);
}

it("goes back to where somebody was", async () => {
  const history = at("/sign-in?back=%2Fruns%3Fstatus%3Dfailed#token=once");
  await waitFor(() => expect(history.location.href).toBe("/runs?status=failed"));
  expect(answer).toHaveBeenCalledOnce();
  expect(window.location.hash).toBe("");
});

it("goes nowhere else", async () => {
  const history = at("/sign-in?back=%2F%2Fevil.example#token=once");
  await screen.findByText("elsewhere");
  expect(history.location.href).toBe("/");
});

it("remembers the place for a link that is opened in another tab", async () => {
  at("/sign-in?back=%2Fruns%2F1");
  await screen.findByText("codex32 open");
  const history = at("/sign-in#token=once");
  await waitFor(() => expect(history.location.href).toBe("/runs/1"));
  expect(localStorage.getItem("codex32-back")).toBeNull();
});

it("takes a link that is opened where the page is", async () => {
  const history = at("/sign-in");
  await screen.findByText("codex32 open");
  window.location.hash = "#token=once";
  await waitFor(() => expect(history.location.href).toBe("/"));
});

it("says that a link was used", async () => {
  answer.mockResolvedValue(new Response(JSON.stringify({ code: "sign_in_invalid", title: "x", detail: "x" }), { status: 401 }));
  at("/sign-in#token=twice");
  expect((await screen.findByRole("alert")).textContent).toContain("one session, once");
});
