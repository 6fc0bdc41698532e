import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Answered } from "../../components/Answered";
import { Moment } from "../../components/Moment";
import { Section } from "../../components/Section";
import { home } from "../../texts/home";
import { failures } from "./queries";

const { failures: texts } = home;

export function Failures() {
  const found = useQuery(failures());
  return (
    <Section
      title={texts.title}
      actions={
        <Link className="c32-link" to="/runs" search={{ status: "failed" }}>
          {texts.all}
        </Link>
      }
    >
      <Answered query={found} rows={3} height={36}>
        {({ items }) => (
          <>
            {items.length === 0 && <Text className="c32-dim">{texts.none}</Text>}
            <ul className="c32-glance" aria-label={texts.title}>
              {items.map((run) => (
                <li key={run.id}>
                  <Link className="c32-link" to="/runs/$runId" params={{ runId: run.id }}>
                    {run.bot_name}
                  </Link>
                  <span className="c32-dim c32-cut" title={run.error?.detail}>
                    {run.error?.detail ?? run.status}
                  </span>
                  <span className="c32-dim c32-end">
                    <Moment at={run.finished_at} style="relative" />
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Section>
  );
}
