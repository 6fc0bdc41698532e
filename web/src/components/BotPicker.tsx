import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import * as queries from "../api/queries";
import { common } from "../texts/common";

interface Props {
  label: string;
  description?: string;
  /** Name of the bot. */
  value: string;
  onChange: (name: string) => void;
  /** Only bots of this kind. */
  kind?: "job" | "service";
  required?: boolean;
  disabled?: boolean;
  /** Of a dialog: where the typing begins. */
  "data-autofocus"?: boolean;
}

const PAUSE_MS = 150;

/** A bot, found by a part of its name among however many there are. */
export function BotPicker({ value, onChange, kind, ...field }: Props) {
  const [typed, setTyped] = useState(value);
  const [q] = useDebouncedValue(typed === value ? "" : typed, PAUSE_MS);
  const found = useInfiniteQuery({ ...queries.bots(q), placeholderData: keepPreviousData });
  const bots = found.data?.pages.flatMap((page) => page.items) ?? [];
  const names = bots.filter((bot) => !kind || bot.kind === kind).map((bot) => bot.name);
  return (
    <Select
      {...field}
      searchable
      data={value && !names.includes(value) ? [value, ...names] : names}
      // The server has searched already, in descriptions too.
      filter={({ options }) => options}
      value={value || null}
      onChange={(name) => onChange(name ?? "")}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={found.isPending ? common.loading : common.none}
    />
  );
}
