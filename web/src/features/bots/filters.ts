/** Between the words of the address and what the API is asked. Pure. */
import type { Search } from "../../router";
import type { BotFilter } from "./queries";

const KEYS = ["q", "status", "role", "tag", "owner", "environment", "favourite", "sort"] as const;

export function filterOf(address: Search): BotFilter {
  return Object.fromEntries(KEYS.flatMap((key) => (address[key] ? [[key, address[key]]] : [])));
}

/** Whether anything narrows the list; its order does not. */
export function narrows(filter: BotFilter): boolean {
  return KEYS.some((key) => key !== "sort" && filter[key] !== undefined);
}

/** What takes all of them out of the address. */
export const NO_FILTER: Search = Object.fromEntries(KEYS.filter((key) => key !== "sort").map((key) => [key, ""]));
