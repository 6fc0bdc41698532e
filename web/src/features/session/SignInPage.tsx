import { Alert, Code, Container, Loader, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { call, isAway } from "../../api/client";
import { ProblemNote } from "../../components/ProblemNote";
import { session } from "../../texts/session";

/** Takes the token from the fragment (which no server ever sees in a log) and trades it for a session. */
export function SignInPage() {
  const navigate = useNavigate();
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get("token"));
  const asked = useRef(false);
  const { mutate: trade, error } = useMutation({
    mutationFn: () => call("/session", { method: "POST", body: { token } }),
    onSuccess: () => navigate({ to: "/", replace: true }),
  });

  useEffect(() => {
    // Strict mode mounts twice; a token works once.
    if (!token || asked.current) return;
    asked.current = true;
    window.history.replaceState(null, "", "/sign-in");
    trade();
  }, [trade, token]);
  const failed = error !== null;

  return (
    <Container size="xs" py="xl" component="main">
      <Stack>
        <Title order={1}>{session.title}</Title>
        {isAway(error) && error ? (
          // The link was not used up: it works when the server is back.
          <ProblemNote error={error} onRetry={() => trade()} />
        ) : token && !failed ? (
          <Text role="status">
            <Loader size="xs" /> {session.busy}
          </Text>
        ) : (
          <>
            <Alert color={failed ? "red" : "blue"} role="alert">
              {failed ? session.failed : session.missing}
            </Alert>
            <Text>{session.how}</Text>
            <Code block>{session.command}</Code>
          </>
        )}
      </Stack>
    </Container>
  );
}
