import { fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { show } from "../../../testing/render";
import { Output } from "./Output";

it("reads named values as a list, and as JSON when that is asked for", () => {
  show(<Output run={{ status: "succeeded", output: { dropped_rows: 12, by: "<b>Ada</b>" } }} />);
  const list = screen.getByRole("group", { name: "Output" });
  expect(list.textContent).toBe("Dropped rows12By<b>Ada</b>");
  fireEvent.click(screen.getByRole("button", { name: "As JSON" }));
  expect(screen.getByRole("group", { name: "Output" }).textContent).toContain('"dropped_rows": 12');
});

it("shows what is nested as JSON, without a choice", () => {
  show(<Output run={{ status: "succeeded", output: { rows: [{ a: 1 }] } }} />);
  expect(screen.getByRole("group", { name: "Output" }).textContent).toContain('"a": 1');
  expect(screen.queryByRole("button", { name: "As JSON" })).toBeNull();
});

it("says where there is none", () => {
  show(<Output run={{ status: "running", output: null }} />);
  expect(screen.getByText("It is not known before the run ends.")).toBeTruthy();
});
