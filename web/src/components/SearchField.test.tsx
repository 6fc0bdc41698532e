import { act, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { show } from "../testing/render";
import { SearchField } from "./SearchField";

function Page({ onAsked }: { onAsked: (words: string) => void }) {
  const [words, setWords] = useState("old");
  return (
    <>
      <SearchField
        label="Search"
        value={words}
        onSearch={(given) => {
          setWords(given.trim());
          onAsked(given);
        }}
      />
      <button type="button" onClick={() => setWords("")}>
        Clear
      </button>
    </>
  );
}

const field = () => screen.getByRole<HTMLInputElement>("searchbox");
const type = (words: string) => fireEvent.change(field(), { target: { value: words } });
function pause() {
  act(() => {
    vi.advanceTimersByTime(250);
  });
}

describe("a search field", () => {
  it("asks when the typing pauses, keeps what is typed on, and is cleared from elsewhere", () => {
    vi.useFakeTimers();
    const asked = vi.fn();
    show(<Page onAsked={asked} />);
    expect(field().value).toBe("old");
    type("a");
    type("ab ");
    pause();
    expect(asked.mock.calls).toEqual([["ab "]]);
    expect(field().value).toBe("ab ");
    type("ab c");
    expect(field().value).toBe("ab c");
    pause();
    fireEvent.click(screen.getByText("Clear"));
    expect(field().value).toBe("");
    vi.useRealTimers();
  });
});
