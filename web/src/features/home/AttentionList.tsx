import { Alert, Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";

import { Moment } from "../../components/Moment";
import { Section } from "../../components/Section";
import { home } from "../../texts/home";
import { placeOf } from "./places";
import type { Attention } from "./queries";

const { attention: texts } = home;
const FIRST = 5;
const TONES = { critical: "bad", warning: "warn", info: "busy" } as const;

/** Most pressing first, as the server has put them; each leads to where something can be done. */
export function AttentionList({ items, more }: { items: readonly Attention[]; more: boolean }) {
  const [all, { toggle }] = useDisclosure();
  if (items.length === 0) return <Calm />;
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <Section title={texts.title}>
      <ul className="c32-attention">
        {shown.map((item) => (
          <Item item={item} key={`${item.kind} ${item.subject.id ?? ""}`} />
        ))}
      </ul>
      {items.length > FIRST && (
        <Button variant="default" size="xs" mt="xs" onClick={toggle} aria-expanded={all}>
          {all ? texts.fewer : texts.all(items.length)}
        </Button>
      )}
      {more && (
        <Text size="sm" className="c32-dim" mt="xs">
          {texts.more}
        </Text>
      )}
    </Section>
  );
}

function Item({ item }: { item: Attention }) {
  const place = placeOf(item.subject);
  return (
    <li data-tone={TONES[item.severity]}>
      <span className="c32-status" data-tone={TONES[item.severity]}>
        {texts.severity[item.severity]}
      </span>
      <div className="c32-attention-words c32-break">
        <b>{item.title}</b>
        {item.detail && <div className="c32-dim">{item.detail}</div>}
      </div>
      <span className="c32-dim c32-attention-time">{item.at && <Moment at={item.at} style="relative" />}</span>
      <Button
        size="xs"
        variant="default"
        aria-label={`${texts.verb[item.kind] ?? ""}: ${item.title}`}
        renderRoot={(props: object) => <Link {...props} to={place.to} params={place.params} search={place.search} />}
      >
        {texts.verb[item.kind]}
      </Button>
    </li>
  );
}

function Calm() {
  return (
    <Alert color="green" variant="light" role="status" icon={<CircleCheck size={18} aria-hidden />} title={texts.none}>
      {texts.noneText}
    </Alert>
  );
}
