import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

import { common } from "../texts/common";

/** Holds the place of what is being loaded, in its size, so that nothing jumps when it comes. */
export function Waiting({ rows = 5, height = 44 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="xs" role="status">
      <VisuallyHidden>{common.loading}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton height={height} key={row} />
      ))}
    </Stack>
  );
}
