import { fireEvent, render, screen } from "@testing-library/react";
import { lazy, Suspense } from "react";
import { expect, it } from "vitest";

import { useOpening } from "./useOpening";

const FETCHED_MS = 20;

function Door() {
  const [opened, open, close] = useOpening();
  return (
    <>
      <button onClick={open}>Open</button>
      <Suspense>{opened && <Late onClose={close} />}</Suspense>
    </>
  );
}

const Late = lazy(
  () =>
    new Promise<{ default: (props: { onClose: () => void }) => React.ReactNode }>((resolve) => {
      setTimeout(() => resolve({ default: ({ onClose }) => <button onClick={onClose}>Close</button> }), FETCHED_MS);
    }),
);

it("shows what was fetched when it is there, not 300 ms after", async () => {
  render(<Door />);
  fireEvent.click(screen.getByRole("button", { name: "Open" }));
  const opened = await screen.findByRole("button", { name: "Close" }, { timeout: 250, interval: 10 });
  fireEvent.click(opened);
  expect(screen.queryByRole("button", { name: "Close" })).toBeNull();
});
