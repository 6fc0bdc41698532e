import { expect, it } from "vitest";

import { keepLast } from "./lines";

it("keeps everything below the limit, in order", () => expect(keepLast([1, 2], [3], 5)).toEqual([1, 2, 3]));
it("drops the oldest above it", () => expect(keepLast([1, 2, 3], [4, 5], 3)).toEqual([3, 4, 5]));
it("holds when one batch is larger than the limit", () => expect(keepLast([1], [2, 3, 4], 2)).toEqual([3, 4]));
