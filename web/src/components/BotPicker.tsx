import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import * as queries from "../api/queries";
import { common } from "../texts/common";

interface Props {
  /** Without one there is an `aria-label`. */
  label?: string;
  "aria-label"?: string;
  description?: string;
  placeholder?: string;
  /** Name of the bot, or its id. */
  value: string;
  onChange: (value: string) => void;
  by?: "name" | "id";
  /** Only bots of this kind. */
  kind?: "job" | "service";
  required?: boolean;
  disabled?: boolean;
  clearable?: boolean;
  clearButtonProps?: { "aria-label": string; tabIndex: number };
  /** Of a dialog: where the typing begins. */
  "data-autofocus"?: boolean;
}

const PAUSE_MS = 150;

/** A bot, found by a part of its name among however many there are. */
export function BotPicker({ value, onChange, by = "name", kind, ...field }: Props) {
  const client = useQueryClient();
  // One that was chosen elsewhere is known by its id alone.
  const known = useQuery({ ...queries.bot(value), enabled: by === "id" && value !== "" });
  const name = by === "name" ? value : (known.data?.name ?? "");
  const [typed, setTyped] = useState(name);
  const [q] = useDebouncedValue(typed === name ? "" : typed, PAUSE_MS);
  const found = useInfiniteQuery({ ...queries.bots(q), placeholderData: keepPreviousData });
  const bots = found.data?.pages.flatMap((page) => page.items) ?? [];
  const choices = bots.filter((bot) => !kind || bot.kind === kind).map((bot) => ({ value: bot[by], label: bot.name }));
  const missing = value !== "" && name !== "" && choices.every((choice) => choice.value !== value);

  function choose(chosen: string | null) {
    const bot = bots.find((one) => one[by] === chosen);
    if (bot) client.setQueryData(queries.bot(bot.id).queryKey, bot); // its name is known
    onChange(chosen ?? "");
  }

  return (
    <Select
      {...field}
      searchable
      data={missing ? [{ value, label: name }, ...choices] : choices}
      // The server has searched already, in descriptions too.
      filter={({ options }) => options}
      value={name === "" ? null : value}
      onChange={choose}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={found.isPending ? common.loading : common.none}
    />
  );
}
