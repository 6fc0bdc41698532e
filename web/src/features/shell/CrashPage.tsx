import { Alert, Button, Code, Container, Stack } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useContext, useEffect } from "react";

import { ApiError, isAway } from "../../api/client";
import { renew } from "../../api/files";
import { AwayShown } from "../../components/away";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { Waiting } from "../../components/Waiting";
import { common } from "../../texts/common";

const LOOK_MS = 3000;

/** What stands in place of a page whose code failed, or could not be had. The rest of the app goes on. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const failure = error instanceof Error ? error : new Error(String(error));
  if (failure instanceof ApiError) return <Missing error={failure} />;
  return (
    <Container size="sm" py="xl">
      <PageHead title={common.crash.title} />
      <Stack>
        <Alert color="red" role="alert">
          {common.crash.text}
        </Alert>
        <Code block>{failure.message}</Code>
        <Button onClick={reset} w="fit-content">
          {common.retry}
        </Button>
      </Stack>
    </Container>
  );
}

/** The page's file did not come. It is fetched as soon as there is a server again. */
function Missing({ error }: { error: ApiError }) {
  const away = isAway(error);
  useEffect(() => {
    if (!away) return;
    const timer = setInterval(() => void renew(), LOOK_MS);
    return () => clearInterval(timer);
  }, [away]);
  if (useContext(AwayShown) && away) {
    return (
      <>
        <PageHead title={common.loading} />
        <Waiting />
      </>
    );
  }
  return (
    <>
      <PageHead title={error.problem.title} />
      <ProblemNote error={error} onRetry={() => void renew()} />
    </>
  );
}
