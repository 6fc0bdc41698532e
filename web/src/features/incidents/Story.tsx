import { Timeline, type Happening } from "../../components/Timeline";
import { incident as texts } from "../../texts/incidents";
import type { Incident } from "./queries";

/** From what came before it to what was done. */
export function Story({ one }: { one: Incident }) {
  const opened: Happening = { key: "opened", at: one.opened_at, tone: "bad", kind: texts.opened, text: one.message };
  const items = [opened];
  if (one.resolved_at) {
    items.push({ key: "resolved", at: one.resolved_at, tone: "good", kind: texts.resolvedKind, text: one.resolution || texts.byItself });
  }
  return <Timeline label={texts.timeline} items={items} />;
}
