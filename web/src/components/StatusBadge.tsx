import { Badge } from "@mantine/core";

const COLOURS: Record<string, string> = {
  succeeded: "green",
  failed: "red",
  timed_out: "red",
  cancelled: "gray",
  running: "blue",
  queued: "gray",
  waiting: "yellow",
  proven: "green",
  unproven: "gray",
  pending: "blue",
};

/** A state in words; the colour only repeats what the word says. */
export function StatusBadge({ status }: { status: string }) {
  return (
    <Badge variant="outline" color={COLOURS[status] ?? "gray"}>
      {status.replace("_", " ")}
    </Badge>
  );
}
