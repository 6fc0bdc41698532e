import { Alert, Code, Container, Loader, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { call, isAway } from "../../api/client";
import { ProblemNote } from "../../components/ProblemNote";
import { session } from "../../texts/session";
import { keepPlace, placeIn, takePlace } from "./back";

const tokenIn = () => new URLSearchParams(window.location.hash.slice(1)).get("token");

/**
 * Takes the token from the fragment (which no server ever sees in a log) and trades it for a session. Whoever was sent
 * here from a page comes back to it, also by a link that is opened elsewhere in this browser.
 */
export function SignInPage() {
  const { history } = useRouter();
  const client = useQueryClient();
  const [back] = useState(() => placeIn(new URLSearchParams(window.location.search).get("back"), window.location.origin));
  const [token, setToken] = useState(tokenIn);
  const asked = useRef("");
  const { mutate: trade, error } = useMutation({
    mutationFn: () => call("/session", { method: "POST", body: { token } }),
    onSuccess: () => {
      client.clear(); // that nobody was signed in, and what was seen before
      const kept = takePlace(window.location.origin, Date.now());
      history.replace(back ?? kept ?? "/");
    },
  });

  useEffect(() => {
    if (!token && back) keepPlace(back, Date.now());
    // Strict mode mounts twice; a token works once.
    if (!token || asked.current === token) return;
    asked.current = token;
    window.history.replaceState(null, "", "/sign-in");
    trade();
  }, [trade, token, back]);
  useEffect(() => {
    // A link that is opened where this page is changes its fragment alone.
    const look = () => setToken((present) => tokenIn() ?? present);
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, []);
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
