import { expect, it } from "vitest";

import { show } from "../testing/render";
import { Words } from "./Words";

it("shows code as code, and everything else as text", () => {
  const { container } = show(<Words text={"run `codex32 up` and <b>wait</b>"} />);
  expect(container.querySelector("code")?.textContent).toBe("codex32 up");
  expect(container.querySelector("b")).toBeNull();
  expect(container.textContent).toContain("<b>wait</b>");
});

it("keeps a backtick that nothing closes", () => {
  const { container } = show(<Words text="it`s" />);
  expect(container.querySelector("code")).toBeNull();
  expect(container.textContent).toContain("it`s");
});
