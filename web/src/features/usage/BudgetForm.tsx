import { Button, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Bot, Page } from "../../api/types";
import { ProblemNote } from "../../components/ProblemNote";
import { usage } from "../../texts/usage";

const texts = usage.budgets;
const MOST_BOTS = "100";

/** Sets a limit, or replaces the one of the same scope and period. */
export function BudgetForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [scope, setScope] = useState("workspace");
  const [period, setPeriod] = useState("month");
  const [subject, setSubject] = useState<string | null>(null);
  const [usd, setUsd] = useState<string | number>("");
  const [tokens, setTokens] = useState<string | number>("");
  const put = useMutation({
    mutationFn: () =>
      call("/budgets", {
        method: "PUT",
        body: {
          scope,
          period,
          subject: scope === "workspace" ? null : subject,
          usd: usd === "" ? null : String(usd),
          tokens: tokens === "" ? null : Number(tokens),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["budgets"] });
      onDone();
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    put.mutate();
  }

  const scopes = ["workspace", "bot", "person", "key"].map((value) => ({ value, label: texts.scopes[value] ?? value }));
  const periods = ["month", "day", "total", "run"].map((value) => ({ value, label: texts.periods[value] ?? value }));
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select label={texts.scope} data={scopes} value={scope} onChange={(value) => setScope(value ?? "workspace")} allowDeselect={false} />
        {scope === "bot" && <BotSelect value={subject} onChange={setSubject} />}
        {(scope === "person" || scope === "key") && (
          <TextInput
            label={texts.subject}
            description={texts.subjectHint}
            required
            value={subject ?? ""}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
        )}
        <Select label={texts.period} data={periods} value={period} onChange={(value) => setPeriod(value ?? "month")} allowDeselect={false} />
        <NumberInput label={texts.usd} value={usd} onChange={setUsd} min={0} decimalScale={6} prefix="$" thousandSeparator="," />
        <NumberInput label={texts.tokens} description={texts.tokensHint} value={tokens} onChange={setTokens} min={0} allowDecimal={false} thousandSeparator="," />
        {put.error && <ProblemNote error={put.error} />}
        <Button type="submit" loading={put.isPending} disabled={usd === "" && tokens === ""}>
          {texts.set}
        </Button>
      </Stack>
    </form>
  );
}

function BotSelect({ value, onChange }: { value: string | null; onChange: (bot: string | null) => void }) {
  const [words, setWords] = useState("");
  const found = useQuery({
    queryKey: ["bots", "choice", words],
    queryFn: () => call<Page<Bot>>(`/bots${asked({ q: words, limit: MOST_BOTS })}`),
    placeholderData: (present) => present,
  });
  return (
    <Select
      label={texts.bot}
      required
      searchable
      data={(found.data?.items ?? []).map((bot) => ({ value: bot.id, label: bot.name }))}
      value={value}
      onChange={onChange}
      onSearchChange={setWords}
    />
  );
}
