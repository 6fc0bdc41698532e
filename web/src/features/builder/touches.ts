/** What a bot may touch, in sentences: of a plan, or of what was reviewed. Pure. */
import { session } from "../../texts/builder";
import type { Permissions, Plan, Reviewed } from "./documents";

const { touches: texts } = session;

export interface Touch {
  key: "network" | "secrets" | "money" | "starts" | "more";
  title: string;
  lines: string[];
  /** It asks for nothing here. */
  none: boolean;
}

interface Asked {
  permissions: Permissions;
  money: string;
  starts: string[];
}

/** `says`: what was understood of when it starts; a plan itself has only cron expressions. */
export function ofPlan(plan: Plan, says: readonly string[] = []): Asked {
  const { models, budget_per_run: budget } = plan.permissions;
  const money = budget ? texts.upTo(budget) : models ? texts.models : texts.noMoney;
  return { permissions: plan.permissions, money, starts: says.length === plan.schedules.length ? [...says] : plan.schedules };
}

export function ofReview(review: Reviewed): Asked {
  return { permissions: review.permissions, money: review.cost.says, starts: review.starts ?? review.schedules };
}

/** Always network, secrets, money and time, in this order, also where it asks for nothing: that is worth knowing. */
export function touchesOf({ permissions, money, starts }: Asked): Touch[] {
  const { network, secrets, models, budget_per_run: budget } = permissions;
  const more = [
    ...(permissions.state ? [texts.state] : []),
    ...permissions.calls.map(texts.call),
    ...permissions.events.map(texts.event),
    ...permissions.dependencies.map(texts.uses),
  ];
  const found: Touch[] = [
    touch("network", texts.network, network.map(texts.reach), texts.noNetwork),
    touch("secrets", texts.secrets, secrets.map(texts.secret), texts.noSecrets),
    { key: "money", title: texts.money, lines: [money], none: !models && !budget },
    touch("starts", texts.starts, starts, texts.onlyPeople),
  ];
  return more.length ? [...found, { key: "more", title: texts.more, lines: more, none: false }] : found;
}

function touch(key: Touch["key"], title: string, lines: string[], otherwise: string): Touch {
  return lines.length ? { key, title, lines, none: false } : { key, title, lines: [otherwise], none: true };
}
