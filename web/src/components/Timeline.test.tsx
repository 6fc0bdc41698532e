import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { show } from "../testing/render";
import { Timeline } from "./Timeline";

const HOSTILE = `<img src=x onerror=alert(1)>"></li><script>alert(2)</script>`;

describe("a timeline", () => {
  it("shows what bots wrote as text", () => {
    show(<Timeline label="What happened" items={[{ key: "1", at: "2026-11-26T04:00:00Z", tone: "bad", kind: HOSTILE, text: HOSTILE }]} />);
    expect(screen.getAllByText(HOSTILE)).toHaveLength(2);
    expect(screen.getByRole("list", { name: "What happened" }).querySelector("img, script")).toBeNull();
  });
});
