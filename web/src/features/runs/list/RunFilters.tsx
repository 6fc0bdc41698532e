import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { fileOf } from "../../../api/files";
import { useMay } from "../../../api/rights";
import { SearchField } from "../../../components/SearchField";
import { useAddress } from "../../../components/useAddress";
import { errorCodes, runs as texts, statuses, triggers } from "../../../texts/runs";
import * as queries from "../queries";

/** It brings what lists choices, which nothing else on the page needs. */
const BotFilter = lazy(fileOf(() => import("./BotFilter")));
const named = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));
const ENVIRONMENTS = ["prod", "staging", "dev"];

/** What narrows the list. Every choice is in the address. */
export function RunFilters() {
  const [address, change] = useAddress();
  const [open, setOpen] = useState(false);
  // A phone shows them when they are asked for; runs.css has the same width.
  const wide = useMediaQuery("(min-width: 40.01rem)", true, { getInitialValueInEffect: false });
  return (
    <search className="c32-run-filters" aria-label={texts.filters} data-open={open || undefined}>
      <SearchField label={texts.search} value={address.q ?? ""} onSearch={(q) => change({ q: q.trim() })} />
      <Button variant="default" className="c32-run-filters-open" aria-expanded={open} leftSection={<SlidersHorizontal size={16} aria-hidden />} onClick={() => setOpen(!open)}>
        {texts.narrow}
      </Button>
      {(open || wide) && <Filters />}
    </search>
  );
}

function Filters() {
  const [address, change] = useAddress();
  const choose = (name: string) => ({
    "aria-label": texts.filter[name as keyof typeof texts.filter],
    value: address[name] ?? "",
    onChange: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }),
  });
  const between = Boolean(address.since ?? address.until) || address.window === "custom";
  return (
    <>
      <Suspense fallback={<NativeSelect disabled aria-label={texts.filter.bot} data={[texts.any.bot]} />}>
        <BotFilter />
      </Suspense>
      <NativeSelect {...choose("status")} data={[{ value: "", label: texts.any.status }, ...named(statuses)]} />
      <NativeSelect {...choose("environment")} data={[{ value: "", label: texts.any.environment }, ...ENVIRONMENTS]} />
      <NativeSelect {...choose("trigger")} data={[{ value: "", label: texts.any.trigger }, ...named(triggers), ...further(address.trigger, triggers)]} />
      <NativeSelect
        {...choose("window")}
        value={between ? "custom" : (address.window ?? "")}
        onChange={(event) => change({ window: event.currentTarget.value, since: "", until: "" })}
        data={[{ value: "", label: texts.any.window }, ...named(texts.windows)]}
      />
      <PersonFilter />
      <NativeSelect {...choose("error")} data={[{ value: "", label: texts.any.error }, ...errorCodes, ...further(address.error, Object.fromEntries(errorCodes.map((code) => [code, code])))]} />
      {between && (
        <>
          <Moments name="since" label={texts.since} />
          <Moments name="until" label={texts.until} />
        </>
      )}
    </>
  );
}

/** What the address names and the list of choices does not. */
function further(value: string | undefined, known: Record<string, string>): { value: string; label: string }[] {
  return value && !Object.hasOwn(known, value) ? [{ value, label: value }] : [];
}

function Moments({ name, label }: { name: "since" | "until"; label: string }) {
  const [address, change] = useAddress();
  return (
    <TextInput
      type="datetime-local"
      aria-label={label}
      description={label}
      value={address[name] ?? ""}
      onChange={(event) => change({ [name]: event.currentTarget.value, window: "custom" })}
    />
  );
}

function PersonFilter() {
  const [address, change] = useAddress();
  const may = useMay()("members:read");
  const { data } = useQuery({ ...queries.members(), enabled: may });
  if (!may && !address.person) return null;
  const people = (data?.items ?? []).map((member) => ({ value: member.id, label: member.name }));
  return (
    <NativeSelect
      aria-label={texts.filter.person}
      value={address.person ?? ""}
      data={[{ value: "", label: texts.any.person }, ...people, ...further(address.person, Object.fromEntries(people.map((one) => [one.value, one.label])))]}
      onChange={(event) => change({ person: event.currentTarget.value })}
    />
  );
}
