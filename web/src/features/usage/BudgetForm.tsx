import { Button, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { BotPicker } from "../../components/BotPicker";
import { ProblemNote } from "../../components/ProblemNote";
import { usage } from "../../texts/usage";

const texts = usage.budgets;

/** Sets a limit, or replaces the one of the same scope and period. */
export function BudgetForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [scope, setScope] = useState("workspace");
  const [period, setPeriod] = useState("month");
  const [subject, setSubject] = useState("");
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

  function choose(value: string | null) {
    setScope(value ?? "workspace");
    setSubject(""); // an id of another kind
  }

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    put.mutate();
  }

  const scopes = ["workspace", "bot", "person", "key"].map((value) => ({ value, label: texts.scopes[value] ?? value }));
  const periods = ["month", "day", "total", "run"].map((value) => ({ value, label: texts.periods[value] ?? value }));
  return (
    <form onSubmit={submit}>
      <Stack>
        <Select label={texts.scope} data={scopes} value={scope} onChange={choose} allowDeselect={false} />
        {scope === "bot" && <BotPicker by="id" label={texts.bot} required value={subject} onChange={setSubject} />}
        {(scope === "person" || scope === "key") && (
          <TextInput
            label={texts.subject}
            description={texts.subjectHint}
            required
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
        )}
        <Select label={texts.period} data={periods} value={period} onChange={(value) => setPeriod(value ?? "month")} allowDeselect={false} />
        <NumberInput label={texts.usd} value={usd} onChange={setUsd} min={0} decimalScale={6} prefix="$" thousandSeparator="," />
        <NumberInput label={texts.tokens} description={texts.tokensHint} value={tokens} onChange={setTokens} min={0} allowDecimal={false} thousandSeparator="," />
        {put.error && <ProblemNote error={put.error} />}
        <Button type="submit" loading={put.isPending} disabled={(usd === "" && tokens === "") || (scope !== "workspace" && subject === "")}>
          {texts.set}
        </Button>
      </Stack>
    </form>
  );
}
