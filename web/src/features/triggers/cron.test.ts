import { describe, expect, it } from "vitest";

import { inWords } from "./words";
import { isInterval, toCron, toPlan } from "./cron";

describe("plans and expressions", () => {
  it.each(["*/15 * * * *", "* * * * *", "20 * * * *", "0 9 * * *", "30 8 * * mon-fri", "0 9 * * sun", "5 23 31 * *"])(
    "%s comes back as it was",
    (cron) => expect(toCron(toPlan(cron))).toBe(cron),
  );

  it.each([
    ["0 9 * * 1-5", "0 9 * * mon-fri"],
    ["0 9 * * 0", "0 9 * * sun"],
    ["0 9 * * 7", "0 9 * * sun"],
    ["0 9 * * 3", "0 9 * * wed"],
  ])("%s is %s in other words", (cron, same) => expect(toCron(toPlan(cron))).toBe(same));

  it.each(["*/7 * * * *", "0 9,17 * * *", "0 9 1 * mon", "0 9 1 6 *", "99 9 * * *", "0 9 * * mon,wed", "nonsense"])(
    "%s stays an expression",
    (cron) => expect(toPlan(cron)).toMatchObject({ kind: "cron", cron }),
  );

  it("tells intervals from times of day, as the server does", () => {
    expect(isInterval("*/15 * * * *")).toBe(true);
    expect(isInterval("0 * * * *")).toBe(true);
    expect(isInterval("0 0-23 * * *")).toBe(false);
  });
});

describe("an expression in words", () => {
  it.each([
    ["*/15 * * * *", "every 15 minutes"],
    ["* * * * *", "every minute"],
    ["5 * * * *", "every hour at :05"],
    ["0 9 * * mon-fri", "weekdays at 09:00"],
    ["0 9 * * sun", "Sundays at 09:00"],
    ["30 2 * * *", "every day at 02:30"],
    ["0 6 1 * *", "every month on day 1 at 06:00"],
    ["0 9,17 * * *", "0 9,17 * * *"],
  ])("%s: %s", (cron, words) => expect(inWords(cron)).toBe(words));
});
