import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";

import { show } from "../../testing/render";
import { toCron, usualPlan } from "./cron";
import { WhenFields } from "./WhenFields";

function Form() {
  const [plan, setPlan] = useState(usualPlan());
  const [zone, setZone] = useState("UTC");
  return (
    <>
      <WhenFields plan={plan} zone={zone} onPlan={setPlan} onZone={setZone} />
      <output data-testid="cron">{toCron(plan)}</output>
    </>
  );
}

function choose(field: string, option: string) {
  // By label and text: looking for roles among all time zones takes seconds.
  fireEvent.click(screen.getByLabelText(field, { selector: "input" }));
  fireEvent.click(screen.getByText(option));
}

describe("when a schedule fires", () => {
  it("is said in choices, and whoever wants more goes on from them as an expression", () => {
    show(<Form />);
    choose("How often", "Once a week");
    choose("On", "Friday");
    fireEvent.change(screen.getByLabelText("At"), { target: { value: "16:45" } });
    expect(screen.getByTestId("cron").textContent).toBe("45 16 * * fri");
    choose("How often", "Cron expression");
    const field = screen.getByLabelText("Cron expression", { selector: "input" });
    expect(field).toHaveProperty("value", "45 16 * * fri");
    fireEvent.change(field, { target: { value: "45 16 * * fri,sat" } });
    expect(screen.getByTestId("cron").textContent).toBe("45 16 * * fri,sat");
  });
});
