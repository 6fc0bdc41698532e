import { Alert, Button, Text } from "@mantine/core";

import { ApiError } from "../api/client";
import { common } from "../texts/common";

/** What went wrong and what to do about it. */
export function ProblemNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const title = problem?.title ?? error.message;
  return (
    <Alert color="red" title={title} role="alert">
      {error.message.replace(/\.$/, "") !== title.replace(/\.$/, "") && <Text size="sm">{error.message}</Text>}
      {problem?.errors?.map((one, index) => (
        <Text size="sm" key={index}>
          {one.field && <b>{one.field}: </b>}
          {one.detail}
          {one.expected && ` (${one.expected})`}
        </Text>
      ))}
      {problem?.next_step && <Text size="sm">{problem.next_step}</Text>}
      {onRetry && (
        <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
          {common.retry}
        </Button>
      )}
    </Alert>
  );
}
