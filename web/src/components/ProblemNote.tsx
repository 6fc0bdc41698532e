import { Alert, Button, Text } from "@mantine/core";

import { ApiError } from "../api/client";
import { texts } from "../texts";

/** What went wrong and what to do about it. */
export function ProblemNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  return (
    <Alert color="red" title={problem?.title ?? error.message} role="alert">
      <Text size="sm">{error.message}</Text>
      {problem?.fields?.map((one) => (
        <Text size="sm" key={one.field}>
          <b>{one.field}</b>: {one.detail}
        </Text>
      ))}
      {problem?.next_step && <Text size="sm">{problem.next_step}</Text>}
      {onRetry && (
        <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
          {texts.retry}
        </Button>
      )}
    </Alert>
  );
}
