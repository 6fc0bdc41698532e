import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Moment } from "../../components/Moment";
import { Section } from "../../components/Section";
import { home } from "../../texts/home";
import { inWords } from "../triggers/words";
import type { Overview } from "./queries";

const { next: texts } = home;
const SHOWN = 6;

export function NextRuns({ items }: { items: Overview["next_runs"] }) {
  return (
    <Section
      title={texts.title}
      actions={
        <Link className="c32-link" to="/triggers">
          {texts.all}
        </Link>
      }
    >
      {items.length === 0 && (
        <Text className="c32-dim c32-sentence">
          {texts.none}{" "}
          <Link className="c32-link" to="/triggers" search={{ new: "schedule" }}>
            {texts.add}
          </Link>
        </Text>
      )}
      <ul className="c32-glance" aria-label={texts.title}>
        {items.slice(0, SHOWN).map((one) => (
          <li key={one.schedule_id}>
            <Link className="c32-link" to="/triggers" search={{ schedule: one.schedule_id }}>
              {one.bot_name}
            </Link>
            <span className="c32-dim c32-cut">{inWords(one.cron)}</span>
            <span className="c32-end">
              <Moment at={one.at} style="relative" />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
