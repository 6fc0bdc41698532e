import type { UseQueryResult } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { MantineProvider } from "@mantine/core";
import { expect, it } from "vitest";

import { Answered } from "./Answered";

const answer = (data: string | undefined) => ({ data, error: null }) as UseQueryResult<string>;

it("never shows a former answer under what is asked now", () => {
  const drawn: string[] = [];
  const shown = (of: string, data: string | undefined) => (
    <MantineProvider>
      <Answered query={answer(data)}>
        {(said) => {
          drawn.push(`${of}: ${said}`);
          return <p>{said}</p>;
        }}
      </Answered>
    </MantineProvider>
  );
  const { rerender } = render(shown("a", undefined));
  expect(drawn).toEqual([]);
  rerender(shown("a", "of a"));
  expect(screen.getByText("of a")).toBeTruthy();
  rerender(shown("b", "of b"));
  expect(screen.getByText("of b")).toBeTruthy();
  expect(new Set(drawn)).toEqual(new Set(["a: of a", "b: of b"]));
});
