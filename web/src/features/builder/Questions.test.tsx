import { fireEvent, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { show } from "../../testing/render";
import { Answer } from "./Questions";

const QUESTION = { id: "a", text: "At what time?", kind: "time" as const, about: "every morning", choices: [], default: "09:00" };

it("shows the question, its words and the usual answer", () => {
  show(<Answer question={QUESTION} value="09:00" onChange={vi.fn()} />);
  expect(screen.getByLabelText("At what time?")).toHaveProperty("value", "09:00");
  expect(screen.getByText("About “every morning”")).toBeTruthy();
});

it("offers a few choices side by side", () => {
  const change = vi.fn();
  show(<Answer question={{ ...QUESTION, kind: "choice", choices: ["JSON", "<b>CSV</b>"] }} value="JSON" onChange={change} />);
  fireEvent.click(screen.getByLabelText("<b>CSV</b>"));
  expect(change).toHaveBeenCalledWith("<b>CSV</b>");
});

it("takes a number where the usual answer is one, and words where it is not", () => {
  show(<Answer question={{ ...QUESTION, kind: "number" }} value="ten" onChange={vi.fn()} />);
  expect(screen.getByRole("textbox")).toHaveProperty("value", "ten");
});
