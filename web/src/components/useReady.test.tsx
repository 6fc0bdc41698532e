import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { show } from "../testing/render";
import { useReady } from "./useReady";

function Step() {
  const place = useReady<HTMLDivElement>("button");
  return (
    <div ref={place}>
      <button type="button">Next</button>
    </div>
  );
}

it("brings the keyboard to the next step when it is nowhere", () => {
  show(<Step />);
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Next" }));
});

it("leaves it where somebody is busy", () => {
  show(
    <>
      <input aria-label="Words" autoFocus />
      <Step />
    </>,
  );
  expect(document.activeElement).toBe(screen.getByLabelText("Words"));
});
