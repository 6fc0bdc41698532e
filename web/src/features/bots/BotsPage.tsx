import { Button, Code, Text } from "@mantine/core";
import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bot as BotIcon, Sparkles } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useMemo, useState } from "react";

import { fileOf } from "../../api/files";
import type { Bot, Page, Schemas } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import { bots as texts } from "../../texts/bots";
import { BotFilters } from "./BotFilters";
import { BotTable } from "./BotTable";
import { filterOf, narrows, NO_FILTER } from "./filters";
import * as queries from "./queries";
import "./bots.css";

const BulkBar = lazy(fileOf(() => import("./BulkBar")));
const ROW_HEIGHT = 52;
const NO_PAGES: readonly Page<Bot>[] = [];

export function BotsPage() {
  const [address, change] = useAddress();
  const filter = filterOf(address);
  const list = useInfiniteQuery(queries.list(filter));
  const total = useQuery(queries.facets(filter.status)).data?.total;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // Fifty rows are drawn in pieces, between which the page answers to a touch.
  const pages = useDeferredValue(list.data?.pages);
  const bots = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const activity = useDeferredValue(useActivity(list.data?.pages ?? NO_PAGES));
  const chosen = bots.filter((bot) => selected.has(bot.id));
  const nothing = list.isSuccess && pages !== undefined && bots.length === 0;

  return (
    <>
      <PageHead
        title={texts.title}
        badge={total !== undefined && <span className="c32-dim">{texts.inAll(total)}</span>}
        about={texts.about}
        actions={
          <Button component={Link} to="/build" leftSection={<Sparkles size={16} aria-hidden />}>
            {texts.build}
          </Button>
        }
      />
      {(!nothing || narrows(filter)) && <BotFilters />}
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {(list.isPending || (list.isSuccess && !pages)) && <Waiting rows={8} height={ROW_HEIGHT} />}
      {nothing && (narrows(filter) ? <NoMatch onClear={() => change(NO_FILTER)} /> : <FirstBot />)}
      {bots.length > 0 && (
        <>
          {chosen.length > 0 && (
            <Suspense>
              <BulkBar chosen={chosen} archived={filter.status === "archived" || filter.status === "deleted"} onClear={() => setSelected(new Set())} />
            </Suspense>
          )}
          <div className="c32-sheet c32-bots" data-stale={list.isPlaceholderData || undefined}>
            <BotTable bots={bots} activity={activity} selected={selected} onSelect={setSelected} />
          </div>
        </>
      )}
      <More of={list} />
    </>
  );
}

/** What the bots of each page do lately; a page that was asked for once asks for itself. */
function useActivity(pages: readonly Page<Bot>[]) {
  return useQueries({
    queries: pages.map((page) => queries.activity(page.items.map((bot) => bot.id))),
    combine: byBot,
  });
}

type Activities = Schemas["ActivityView"];

/** Outside of the page, so that the same answers make the same map. */
function byBot(answers: { data?: Activities | undefined }[]) {
  return new Map(answers.flatMap((answer) => answer.data?.items ?? []).map((found) => [found.bot_id, found]));
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      title={texts.none}
      action={
        <Button size="xs" variant="default" onClick={onClear}>
          {texts.clear}
        </Button>
      }
    />
  );
}

function FirstBot() {
  return (
    <EmptyState
      icon={BotIcon}
      title={texts.empty.title}
      action={
        <>
          <Button component={Link} to="/build" leftSection={<Sparkles size={16} aria-hidden />}>
            {texts.empty.action}
          </Button>
          <Text size="sm" className="c32-dim">
            {texts.empty.code} <Code>{texts.empty.command}</Code>
          </Text>
        </>
      }
    >
      {texts.empty.text}
    </EmptyState>
  );
}
