import { Text } from "@mantine/core";
import { CalendarClock, CircleDollarSign, Globe, KeyRound, Layers, type LucideIcon } from "lucide-react";

import { Section } from "../../components/Section";
import { Words } from "../../components/Words";
import { session } from "../../texts/builder";
import { touchesOf, type Touch } from "./touches";

const ICONS: Record<Touch["key"], LucideIcon> = {
  network: Globe,
  secrets: KeyRound,
  money: CircleDollarSign,
  starts: CalendarClock,
  more: Layers,
};

/** What a bot may touch, each kind by itself; what it does not ask for is said as well. */
export function Touches({ asked }: { asked: Parameters<typeof touchesOf>[0] }) {
  return (
    <Section title={session.touches.title}>
      <div className="c32-touches">
        {touchesOf(asked).map(({ key, title, lines, none }) => {
          const Icon = ICONS[key];
          return (
            <div key={key} className="c32-touch" data-none={none || undefined}>
              <Icon size={18} aria-hidden />
              <div className="c32-break">
                <Text size="sm" fw={600} component="h3">
                  {title}
                </Text>
                {lines.map((line) => (
                  <Text size="sm" key={line} className={none ? "c32-dim" : undefined}>
                    <Words text={line} />
                  </Text>
                ))}
              </div>
            </div>
          );
        })}
      </div>
    </Section>
  );
}
