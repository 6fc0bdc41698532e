import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { Outcome } from "./Outcome";

it("is there before it says anything, and takes the keyboard when what it was on is gone", () => {
  const { rerender } = render(<Outcome text="" />);
  const place = screen.getByRole("status");
  expect(document.activeElement).toBe(document.body);
  rerender(<Outcome text="Done <b>well</b>." />);
  expect(screen.getByRole("status")).toBe(place);
  expect([document.activeElement, place.textContent]).toEqual([place, "Done <b>well</b>."]);
});

it("leaves the keyboard where a person is busy", () => {
  const both = (text: string) => (
    <>
      <input aria-label="Note" />
      <Outcome text={text} />
    </>
  );
  const { rerender } = render(both(""));
  screen.getByLabelText("Note").focus();
  rerender(both("Done."));
  expect(document.activeElement).toBe(screen.getByLabelText("Note"));
});
