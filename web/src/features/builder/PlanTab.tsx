import { Card, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { CodeEditor } from "../../components/code/CodeEditor";
import { useAddress } from "../../components/useAddress";
import { session as texts } from "../../texts/builder";
import { documentOf, isOver, rowOf, type Plan, type Session } from "./documents";
import { NotYet } from "./NotYet";
import { PlanForm } from "./PlanForm";
import { parsePlan } from "./plans";
import { useEdit } from "./queries";
import { SaveBar } from "./SaveBar";

/** How it will be done, as a form or as the document itself. */
export function PlanTab({ session }: { session: Session }) {
  const plan = documentOf(session, "plan");
  const row = rowOf(session, "plan");
  if (!plan || !row) return <NotYet session={session} text={texts.notYet.plan} />;
  return <Edited session={session} plan={plan} key={row.number} />;
}

function Edited({ session, plan }: { session: Session; plan: Plan }) {
  const may = useMay();
  const [address, change] = useAddress();
  const [text, setText] = useState(() => written(plan));
  const edit = useEdit(session.id, "plan");
  const draft = parsePlan(text);
  const asJson = address.as === "json";
  const locked = isOver(session) || !may("builder:write");
  const changed = text !== written(plan);
  const set = (part: Partial<Plan>) => setText(written({ ...(draft ?? plan), ...part }));
  return (
    <Stack gap="md">
      {changed && (
        <SaveBar
          busy={edit.isPending}
          error={edit.error}
          fault={draft ? undefined : texts.edit.jsonBad}
          onSave={() => draft && edit.mutate(draft)}
          onDiscard={() => setText(written(plan))}
        />
      )}
      <Card>
        <div className="c32-between">
          <Text size="sm" className="c32-dim">
            {session.engine === "recipes" ? texts.edit.recipesName : texts.edit.modelsParts}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={texts.edit.how}
            data={[
              { value: "", label: texts.edit.form },
              { value: "json", label: texts.edit.json },
            ]}
            value={asJson ? "json" : ""}
            onChange={(as) => change({ as })}
          />
        </div>
        {asJson || !draft ? (
          <div className="c32-below">
            <CodeEditor label={texts.edit.jsonLabel} language="text" value={text} onChange={setText} readOnly={locked} />
          </div>
        ) : (
          <PlanForm plan={draft} locked={locked} onlyName={session.engine === "recipes"} onChange={set} />
        )}
      </Card>
    </Stack>
  );
}

function written(plan: Plan): string {
  return JSON.stringify(plan, null, 2);
}
