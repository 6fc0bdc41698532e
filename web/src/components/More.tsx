import { Button } from "@mantine/core";

import { common } from "../texts/common";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The next page of a list, if there is one. */
export function More({ of: list }: { of: Pages }) {
  if (!list.hasNextPage) return null;
  return (
    <Button variant="default" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
      {common.more}
    </Button>
  );
}
