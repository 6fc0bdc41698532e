import { Alert, Button, Code, Container, Stack } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";

import { PageHead } from "../../components/PageHead";
import { common } from "../../texts/common";

/** What stands in place of a page whose code failed. The rest of the app goes on. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  return (
    <Container size="sm" py="xl">
      <PageHead title={common.crash.title} />
      <Stack>
        <Alert color="red" role="alert">
          {common.crash.text}
        </Alert>
        <Code block>{error instanceof Error ? error.message : String(error)}</Code>
        <Button onClick={reset} w="fit-content">
          {common.retry}
        </Button>
      </Stack>
    </Container>
  );
}
