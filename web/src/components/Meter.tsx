import { Progress, Text } from "@mantine/core";

import { percent } from "../format/size";

/** How much of a limit is used: in words, and as a bar that turns as it fills. `share` is 0 to 1, and more when it is passed. */
export function Meter({ label, share, detail }: { label: string; share: number; detail?: string }) {
  const colour = share >= 1 ? "red" : share >= 0.8 ? "yellow" : "cyan";
  return (
    <div>
      <div className="c32-between">
        <Text size="sm">{label}</Text>
        <Text size="sm" className="c32-dim">
          {detail ?? percent(share)}
        </Text>
      </div>
      <Progress.Root size="sm">
        <Progress.Section value={Math.min(100, share * 100)} color={colour} aria-label={`${label}: ${percent(share)}`} />
      </Progress.Root>
    </div>
  );
}
