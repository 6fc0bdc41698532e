import "./usage.css";

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Wallet } from "lucide-react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { ConfirmButton } from "../../components/ConfirmButton";
import { EmptyState } from "../../components/EmptyState";
import { Meter } from "../../components/Meter";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { Waiting } from "../../components/Waiting";
import { money } from "../../format/money";
import { whole } from "../../format/size";
import { common } from "../../texts/common";
import { usage } from "../../texts/usage";
import { BudgetForm } from "./BudgetForm";
import { budgets, type Budget } from "./queries";

const texts = usage.budgets;

export function BudgetsPanel() {
  const list = useInfiniteQuery(budgets());
  const may = useMay();
  const [adding, { open, close }] = useDisclosure();
  const add = may("budgets:write") && <Button onClick={open}>{texts.add}</Button>;
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} height={90} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={Wallet} title={texts.empty} action={add}>
          {texts.emptyText}
        </EmptyState>
      )}
      {items.length > 0 && (
        <Stack>
          <Group justify="flex-end">{add}</Group>
          <ul className="c32-budgets">
            {items.map((budget) => (
              <BudgetRow budget={budget} key={budget.id} mayChange={may("budgets:write")} />
            ))}
          </ul>
        </Stack>
      )}
      <More of={list} />
      <Modal opened={adding} onClose={close} title={texts.add} closeButtonProps={{ "aria-label": common.close }}>
        <BudgetForm onDone={close} />
      </Modal>
    </>
  );
}

function BudgetRow({ budget, mayChange }: { budget: Budget; mayChange: boolean }) {
  const client = useQueryClient();
  const name = nameOf(budget);
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="c32-budget">
          {budget.usd !== null && <Limit name={name} spent={budget.spent_usd} limit={budget.usd} say={money} />}
          {budget.tokens !== null && <Limit name={name} spent={budget.spent_tokens} limit={budget.tokens} say={(value) => whole(Number(value))} />}
          <Text size="xs" className="c32-dim">
            {budget.resets_at && (
              <>
                {texts.resets} <Moment at={budget.resets_at} style="relative" />
              </>
            )}
            {Number(budget.reserved_usd ?? 0) > 0 && ` · ${texts.reserved(money(budget.reserved_usd))}`}
          </Text>
        </div>
        {mayChange && (
          <ConfirmButton
            size="xs"
            label={texts.remove}
            action={texts.remove}
            title={texts.removeTitle}
            onConfirm={async () => {
              await call(`/budgets/${budget.id}`, { method: "DELETE" });
              await client.invalidateQueries({ queryKey: ["budgets"] });
            }}
          >
            {name}. {texts.removeText}
          </ConfirmButton>
        )}
      </Group>
    </li>
  );
}

type Amount = string | number;

/** A budget for each run has no one sum: only its limit is shown. */
function Limit({ name, spent, limit, say }: { name: string; spent: Amount | null; limit: Amount; say: (value: Amount) => string }) {
  if (spent === null) {
    return (
      <Text size="sm">
        {name}: {say(limit)} {texts.perRun}
      </Text>
    );
  }
  const share = Number(limit) > 0 ? Number(spent) / Number(limit) : 1;
  return <Meter label={name} share={share} detail={texts.of(say(spent), say(limit))} />;
}

function nameOf(budget: Budget): string {
  const of = budget.scope === "workspace" ? texts.whole : `${texts.scopes[budget.scope] ?? budget.scope} ${budget.subject_name ?? budget.subject.slice(-8)}`;
  return `${of}, ${texts.periods[budget.period] ?? budget.period}`;
}
