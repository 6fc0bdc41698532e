import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import * as core from "../../../api/queries";
import { useAddress } from "../../../components/useAddress";
import { runs as texts } from "../../../texts/runs";
import * as queries from "../queries";

/** One of many bots: the list is asked for as one types. */
export default function BotFilter() {
  const [address, change] = useAddress();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 200);
  const chosen = useQuery({ ...core.bot(address.bot ?? ""), enabled: Boolean(address.bot) });
  const found = useQuery({ ...queries.botsCalled(q), placeholderData: keepPreviousData });
  const options = (found.data?.items ?? []).map((bot) => ({ value: bot.id, label: bot.name }));
  if (chosen.data && !options.some((option) => option.value === chosen.data.id)) options.unshift({ value: chosen.data.id, label: chosen.data.name });
  return (
    <Select
      aria-label={texts.filter.bot}
      placeholder={texts.any.bot}
      data={options}
      value={chosen.data?.id ?? null}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      onChange={(bot) => change({ bot: bot ?? "" })}
      clearButtonProps={{ "aria-label": texts.any.bot, tabIndex: 0 }}
    />
  );
}
