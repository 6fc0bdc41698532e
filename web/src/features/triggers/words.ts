import { triggers as texts } from "../../texts/triggers";
import { toPlan } from "./cron";

/** `0 9 * * mon-fri` → `weekdays at 09:00`; what has no plain words stays an expression. */
export function inWords(cron: string): string {
  const plan = toPlan(cron);
  const { words } = texts;
  switch (plan.kind) {
    case "minutes":
      return words.minutes(plan.every);
    case "hours":
      return words.hours(plan.time.slice(3));
    case "day":
      return words.day(plan.time);
    case "weekdays":
      return words.weekdays(plan.time);
    case "week":
      return words.week(texts.weekdays[plan.weekday - 1] ?? "", plan.time);
    case "month":
      return words.month(plan.date, plan.time);
    case "cron":
      return cron;
  }
}
