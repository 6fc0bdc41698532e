import { Alert, Button, Text } from "@mantine/core";
import { useContext } from "react";

import { ApiError, isAway } from "../api/client";
import { common } from "../texts/common";
import { AwayShown } from "./away";

/**
 * What went wrong and what to do about it. What was asked and can be asked again does not say that the server is away
 * where the page says so; what a person just did says it at its place.
 */
export function ProblemNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const known = useContext(AwayShown);
  if (known && onRetry && isAway(error)) return null;
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
