import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { ApiError, UNREACHABLE } from "../api/client";
import { show } from "../testing/render";
import { Answered } from "./Answered";
import { AwayShown } from "./away";
import { ProblemNote } from "./ProblemNote";

describe("what went wrong", () => {
  it("is said once where title and detail are the same sentence, with what to do", () => {
    show(<ProblemNote error={new ApiError(UNREACHABLE)} />);
    expect(screen.getAllByText(/does not answer/)).toHaveLength(1);
    expect(screen.getByText(/Check that/)).toBeTruthy();
  });

  it("is not said again where the page says that the server is away, but for what a person just did", () => {
    const away = new ApiError(UNREACHABLE);
    show(
      <AwayShown value>
        <ProblemNote error={away} onRetry={() => undefined} />
        <ProblemNote error={new ApiError({ ...UNREACHABLE, status: 503, title: "Full" })} onRetry={() => undefined} />
        <Answered query={{ data: undefined, error: away } as never}>{() => "here"}</Answered>
        <ProblemNote error={away} />
      </AwayShown>,
    );
    expect(screen.getAllByRole("alert").map((one) => one.textContent.slice(0, 5))).toEqual(["FullT", "The s"]);
  });

  it("is text, whatever the server wrote", () => {
    const detail = "<img src=x onerror=alert(1)>";
    show(<ProblemNote error={new ApiError({ code: "x", title: "Refused", detail, status: 422 })} />);
    expect(screen.getByText(detail)).toBeTruthy();
    expect(document.querySelector("img")).toBeNull();
  });
});
