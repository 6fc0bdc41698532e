import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Section } from "../../components/Section";
import { proposal as texts } from "../../texts/proposals";
import type { Detail } from "./queries";

/** What it is for, why it is right, and what could go wrong. */
export function WhySection({ detail }: { detail: Detail }) {
  const fromSession = detail.origin === "edit" && detail.origin_ref;
  return (
    <Section title={texts.why}>
      <div className="c32-why">
        {detail.rationale && <Part title={texts.rationale} text={detail.rationale} />}
        {detail.goal && <Part title={texts.goal} text={detail.goal} />}
        <div>
          <Text component="h3" size="sm" fw={600}>
            {texts.risks}
          </Text>
          {detail.risks.length === 0 ? (
            <Text size="sm" className="c32-dim">
              {texts.noRisks}
            </Text>
          ) : (
            <ul className="c32-plain-list">
              {detail.risks.map((risk, index) => (
                <li key={index}>{risk}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
      {fromSession && (
        <Text size="sm" mt="sm">
          <Link to="/build/$sessionId" params={{ sessionId: fromSession }} className="c32-link">
            {texts.session}
          </Link>
        </Text>
      )}
    </Section>
  );
}

function Part({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <Text component="h3" size="sm" fw={600}>
        {title}
      </Text>
      <Text size="sm" className="c32-prose">
        {text}
      </Text>
    </div>
  );
}
