import "./runs.css";

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Play, SearchX } from "lucide-react";
import { useCallback, useState } from "react";

import { useMay } from "../../api/rights";
import { EmptyState } from "../../components/EmptyState";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import type { Search } from "../../router";
import { runs as texts } from "../../texts/runs";
import { Bulk } from "./list/Bulk";
import { FILTERS, narrowed, parameters } from "./list/filters";
import { RunFilters } from "./list/RunFilters";
import { RunList } from "./list/RunList";
import { useRuns } from "./list/useRuns";

const NOBODY: ReadonlySet<string> = new Set();

export function RunsPage() {
  const [address, change] = useAddress();
  const [cleared, setCleared] = useState(0);
  const clear = () => {
    change(Object.fromEntries(FILTERS.map((name) => [name, ""])));
    setCleared(cleared + 1);
  };
  const filtered = narrowed(address);
  return (
    <>
      <PageHead
        title={texts.title}
        about={texts.about}
        actions={
          filtered && (
            <Button variant="default" onClick={clear}>
              {texts.clear}
            </Button>
          )
        }
      />
      <RunFilters key={cleared} />
      <Runs key={JSON.stringify(FILTERS.map((name) => address[name]))} address={address} onClear={clear} />
    </>
  );
}

/** One for each filter. Its moment is taken once: a window that moved with the clock would ask anew all the time. */
function Runs({ address, onClear }: { address: Search; onClear: () => void }) {
  const [asked] = useState(() => parameters(address, Date.now()));
  const may = useMay()("runs:write");
  const [selected, setSelected] = useState(NOBODY);
  const { list, rows, waiting, gap, show, hold } = useRuns(asked);
  const select = useCallback(
    (id: string) =>
      setSelected((present) => {
        const next = new Set(present);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  if (list.isPending) return <Waiting rows={12} />;
  if (list.error && rows.length === 0) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (rows.length === 0 && waiting === 0) return <Nothing filtered={narrowed(address)} onClear={onClear} />;
  const chosen = rows.filter((run) => selected.has(run.id));
  return (
    <>
      <RunList
        rows={rows}
        hasMore={list.hasNextPage}
        loading={list.isFetchingNextPage || list.isFetchNextPageError}
        onMore={more}
        selected={selected}
        onSelect={may ? select : undefined}
        waiting={waiting}
        gap={gap}
        onFresh={show}
        onHold={hold}
      />
      {list.error && <ProblemNote error={list.error} onRetry={more} />}
      {chosen.length > 0 && <Bulk runs={chosen} onDone={() => setSelected(NOBODY)} />}
    </>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <EmptyState icon={SearchX} title={texts.noneTitle} action={<Button onClick={onClear}>{texts.clear}</Button>}>
        {texts.noneText}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Play}
      title={texts.emptyTitle}
      action={
        <Link className="c32-link" to="/bots">
          {texts.emptyAction}
        </Link>
      }
    >
      {texts.emptyText}
    </EmptyState>
  );
}
