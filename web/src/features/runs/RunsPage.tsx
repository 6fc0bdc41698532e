import { Button, Loader, SegmentedControl, Stack, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import * as queries from "../../api/queries";
import { ProblemNote } from "../../components/ProblemNote";
import { common } from "../../texts/common";
import { runs as runsTexts } from "../../texts/runs";
import { RunTable } from "./RunTable";

const FILTERS = [
  { value: "", label: runsTexts.all },
  { value: "running", label: "Running" },
  { value: "queued", label: "Queued" },
  { value: "failed", label: "Failed" },
  { value: "succeeded", label: "Succeeded" },
];

export function RunsPage() {
  const { status } = useSearch({ from: "/shell/runs" });
  const navigate = useNavigate();
  const list = useInfiniteQuery(queries.runs({ status }));

  return (
    <Stack>
      <Title order={1} size="h2">
        {runsTexts.title}
      </Title>
      <SegmentedControl
        aria-label="Status"
        data={FILTERS}
        value={status ?? ""}
        onChange={(chosen) => void navigate({ to: "/runs", search: chosen ? { status: chosen } : {} })}
      />
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending ? (
        <Loader aria-label={common.loading} />
      ) : (
        <RunTable runs={list.data?.pages.flatMap((page) => page.items) ?? []} withBot />
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Stack>
  );
}
