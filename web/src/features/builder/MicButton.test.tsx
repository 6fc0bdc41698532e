import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { show } from "../../testing/render";
import { MicButton } from "./MicButton";

class Fake {
  static last: Fake;
  onresult: ((event: object) => void) | null = null;
  onerror: ((event: { error: string }) => void) | null = null;
  onend: (() => void) | null = null;

  constructor() {
    Fake.last = this;
  }

  start() {
    return undefined;
  }

  stop() {
    this.onend?.();
  }

  abort() {
    return undefined;
  }

  say(words: string, isFinal: boolean) {
    this.onresult?.({ resultIndex: 0, results: [Object.assign([{ transcript: words }], { isFinal })] });
  }
}

afterEach(() => vi.unstubAllGlobals());

it("is not there where the browser cannot listen", () => {
  show(<MicButton onWords={vi.fn()} />);
  expect(screen.queryByRole("button")).toBeNull();
});

it("gives what was understood for good", () => {
  vi.stubGlobal("webkitSpeechRecognition", Fake);
  const heard = vi.fn();
  show(<MicButton onWords={heard} />);
  fireEvent.click(screen.getByRole("button", { name: "Speak" }));
  expect(screen.getByRole("status").textContent).toBe("Listening…");
  act(() => {
    Fake.last.say("every week", false);
    Fake.last.say(" every weekday ", true);
  });
  expect(heard.mock.calls).toEqual([["every weekday"]]);
  fireEvent.click(screen.getByRole("button", { name: "Stop listening" }));
  expect(screen.getByRole("button", { name: "Speak" })).toBeTruthy();
});

it("says what is wrong when the microphone is refused", () => {
  vi.stubGlobal("SpeechRecognition", Fake);
  show(<MicButton onWords={vi.fn()} />);
  fireEvent.click(screen.getByRole("button", { name: "Speak" }));
  act(() => Fake.last.onerror?.({ error: "not-allowed" }));
  act(() => Fake.last.onend?.());
  expect(screen.getByRole("status").textContent).toContain("microphone");
});
