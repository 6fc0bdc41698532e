import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Section } from "../../components/Section";
import { StatusBadge } from "../../components/StatusBadge";
import { home } from "../../texts/home";
import { toneOfStatus } from "../services/order";
import type { Overview } from "./queries";

const { services: texts } = home;

/** Those in trouble first, as the server has put them. */
export function ServicesGlance({ items }: { items: Overview["services"] }) {
  return (
    <Section
      title={texts.title}
      actions={
        <Link className="c32-link" to="/services">
          {texts.all}
        </Link>
      }
    >
      {items.length === 0 && <Text className="c32-dim">{texts.none}</Text>}
      <ul className="c32-glance" aria-label={texts.title}>
        {items.map((one) => (
          <li key={one.id}>
            <StatusBadge status={one.status} tone={toneOfStatus(one.status)} />
            <Link className="c32-link" to="/services/$serviceId" params={{ serviceId: one.id }}>
              {one.bot_name}
            </Link>
            <span className="c32-dim">{one.environment}</span>
            <span className="c32-end">{texts.ready(one.ready, one.wanted)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
