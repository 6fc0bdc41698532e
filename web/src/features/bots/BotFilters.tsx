import { Button, NativeSelect, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { SearchField } from "../../components/SearchField";
import { useAddress } from "../../components/useAddress";
import { bots as texts } from "../../texts/bots";
import { filterOf, narrows, NO_FILTER } from "./filters";
import * as queries from "./queries";

interface Counted {
  value: string;
  label: string;
  count: number;
}

/** Everything the list can be narrowed by; each choice is in the address. */
export function BotFilters() {
  const [address, change] = useAddress();
  const filter = filterOf(address);
  const facets = useQuery(queries.facets(filter.status)).data;
  const named = (found: { value: string; count: number }[] = []): Counted[] => found.map((one) => ({ ...one, label: one.value }));
  return (
    <div className="c32-bot-filters" role="search" aria-label={texts.filters.label}>
      <div>
        <div className="c32-bot-filters-search">
          <SearchField label={texts.search} value={filter.q ?? ""} onSearch={(q) => change({ q })} />
        </div>
        <Switch
          size="sm"
          label={texts.filters.favourites}
          checked={filter.favourite === "true"}
          onChange={(event) => change({ favourite: event.currentTarget.checked ? "true" : "" })}
        />
      </div>
      <div>
        <Choice name={texts.filters.role} value={filter.role} of={named(facets?.roles)} onChange={(role) => change({ role })} />
        <Choice name={texts.filters.tag} value={filter.tag} of={named(facets?.tags)} onChange={(tag) => change({ tag })} />
        <Choice
          name={texts.filters.owner}
          value={filter.owner}
          of={(facets?.owners ?? []).map(({ id, name, count }) => ({ value: id, label: name, count }))}
          onChange={(owner) => change({ owner })}
        />
        <Choice
          name={texts.filters.environment}
          value={filter.environment}
          of={named(facets?.environments)}
          onChange={(environment) => change({ environment })}
        />
        <Fixed name={texts.filters.status} of={texts.filters.statuses} value={filter.status} onChange={(status) => change({ status })} />
        <Fixed name={texts.filters.sort} of={texts.filters.sorts} value={filter.sort} onChange={(sort) => change({ sort })} />
        {narrows(filter) && (
          <Button size="xs" variant="subtle" onClick={() => change(NO_FILTER)}>
            {texts.clear}
          </Button>
        )}
      </div>
    </div>
  );
}

/** One of a few; the first is what no word in the address means. */
function Fixed(props: { name: string; of: Record<string, string>; value: string | undefined; onChange: (value: string) => void }) {
  const first = Object.keys(props.of)[0];
  return (
    <NativeSelect
      size="xs"
      aria-label={props.name}
      data={Object.entries(props.of).map(([value, label]) => ({ value, label }))}
      value={props.value ?? first}
      onChange={(event) => props.onChange(event.currentTarget.value === first ? "" : event.currentTarget.value)}
    />
  );
}

function Choice(props: { name: string; value: string | undefined; of: Counted[]; onChange: (value: string) => void }) {
  const { name, value, of } = props;
  // What the address says stays to be seen, though no bot may have it any more.
  const known = !value || of.some((one) => one.value === value) ? of : [...of, { value, label: value, count: 0 }];
  return (
    <NativeSelect
      size="xs"
      aria-label={name}
      data={[
        { value: "", label: texts.filters.any(name) },
        ...known.map((one) => ({ value: one.value, label: texts.filters.with(one.label, one.count) })),
      ]}
      value={value ?? ""}
      data-chosen={value ? true : undefined}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
