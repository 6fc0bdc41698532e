import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { show } from "../../testing/render";
import { showRouted, somebody } from "../../testing/routed";
import { Answer, Questions } from "./Questions";
import { session } from "./testing";

afterEach(() => vi.unstubAllGlobals());

const QUESTION = { id: "a", text: "At what time?", kind: "time" as const, about: "every morning", choices: [], default: "09:00", optional: false };

it("shows the question, its words and the usual answer", () => {
  show(<Answer question={QUESTION} value="09:00" onChange={vi.fn()} onSend={vi.fn()} />);
  expect(screen.getByLabelText("At what time?")).toHaveProperty("value", "09:00");
  expect(screen.getByText("About “every morning”")).toBeTruthy();
});

it("offers a few choices side by side", () => {
  const change = vi.fn();
  show(<Answer question={{ ...QUESTION, kind: "choice", choices: ["JSON", "<b>CSV</b>"] }} value="JSON" onChange={change} onSend={vi.fn()} />);
  fireEvent.click(screen.getByLabelText("<b>CSV</b>"));
  expect(change).toHaveBeenCalledWith("<b>CSV</b>");
});

it("takes a number where the usual answer is one, and words where it is not", () => {
  show(<Answer question={{ ...QUESTION, kind: "number" }} value="ten" onChange={vi.fn()} onSend={vi.fn()} />);
  expect(screen.getByRole("textbox")).toHaveProperty("value", "ten");
});

it("sends with Enter what is written in words; Shift and Enter begin a line", () => {
  const send = vi.fn();
  show(<Answer question={{ ...QUESTION, kind: "text" }} value="by name" onChange={vi.fn()} onSend={send} />);
  fireEvent.keyDown(screen.getByRole("textbox"), { key: "Enter", shiftKey: true });
  expect(send).not.toHaveBeenCalled();
  fireEvent.keyDown(screen.getByRole("textbox"), { key: "Enter" });
  expect(send).toHaveBeenCalledOnce();
});

describe("a question that can be left out", () => {
  const words = { ...QUESTION, id: "words-pretty", kind: "text" as const, about: "make it pretty", default: null, optional: true };
  const path = "/builder/sessions/0197/messages";

  async function asks(...questions: (typeof words | typeof QUESTION)[]) {
    const shown = await showRouted(() => <Questions session={session({ status: "asking", questions })} />, { "/me": somebody("builder:write"), [path]: session() });
    return async (name: string) => {
      const button = await screen.findByRole("button", { name });
      await waitFor(() => expect(button).toHaveProperty("disabled", false));
      fireEvent.click(button);
      await waitFor(() => expect(shown.asked.some((one) => one.path === path)).toBe(true));
      return shown.asked.find((one) => one.path === path)?.body;
    };
  }

  it("is answered with nothing", async () => {
    const press = await asks(words);
    expect(await press("Leave this out")).toEqual({ answers: { "words-pretty": "" } });
  });

  it("says which one among others", async () => {
    const press = await asks(QUESTION, words);
    expect(await press("Leave out “make it pretty”")).toEqual({ answers: { a: "09:00", "words-pretty": "" } });
  });

  it("is none where an answer is needed", async () => {
    await asks(QUESTION);
    expect(screen.queryByRole("button", { name: /Leave/ })).toBeNull();
  });
});
