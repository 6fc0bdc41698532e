import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import type { Search } from "../router";

/** The words in the page's address (filters, tabs) and a way to change some of them; "" takes one out. */
export function useAddress(): [Search, (change: Search) => void] {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (words: Search) =>
      void navigate({
        to: ".",
        search: (present: Search) =>
          Object.fromEntries(Object.entries({ ...present, ...words }).filter(([, value]) => value !== undefined && value !== "")),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}
