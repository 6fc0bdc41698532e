import { Title } from "@mantine/core";
import { useId } from "react";

import { builder } from "../../texts/builder";

const { examples: texts } = builder;

/** Sentences to begin with; one click takes them. */
export function Examples({ change, onTake }: { change: boolean; onTake: (say: string) => void }) {
  const id = useId();
  const items = change ? texts.changes.map((say) => ({ label: "", say })) : texts.items;
  return (
    <section aria-labelledby={id}>
      <Title order={2} id={id} mb="sm">
        {change ? texts.titleChange : texts.title}
      </Title>
      <div className="c32-examples" data-short={change || undefined}>
        {items.map(({ label, say }) => (
          <button type="button" className="c32-example" key={say} onClick={() => onTake(say)}>
            {label && <b>{label}</b>}
            <span className={label ? "c32-dim" : undefined}>{say}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
