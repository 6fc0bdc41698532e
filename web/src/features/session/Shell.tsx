import { Alert, Button, Container, Group, Loader, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useNavigate } from "@tanstack/react-router";

import { ApiError, call } from "../../api/client";
import * as queries from "../../api/queries";
import { ProblemNote } from "../../components/ProblemNote";
import { texts } from "../../texts";

/** The frame of every signed-in page; whoever is not signed in is sent to the sign-in page. */
export function Shell() {
  const who = useQuery(queries.me());
  const client = useQueryClient();
  const navigate = useNavigate();

  if (who.isPending) return <Loader m="xl" aria-label={texts.loading} />;
  if (who.error instanceof ApiError && who.error.problem.status === 401) return <Navigate to="/sign-in" replace />;
  if (who.error) {
    return (
      <Container py="xl">
        <ProblemNote error={who.error} onRetry={() => void who.refetch()} />
      </Container>
    );
  }

  async function signOut() {
    await call("/session", { method: "DELETE" });
    client.clear();
    await navigate({ to: "/sign-in" });
  }

  return (
    <>
      <a className="c32-skip" href="#content">
        {texts.nav.skip}
      </a>
      <Container size="lg" py="sm" component="header">
        <Group justify="space-between">
          <Group gap="xs" component="nav" aria-label={texts.product}>
            <Text fw={700} mr="sm">
              {texts.product}
            </Text>
            <Link to="/" className="c32-nav" activeOptions={{ exact: true }}>
              {texts.nav.bots}
            </Link>
            <Link to="/runs" className="c32-nav">
              {texts.nav.runs}
            </Link>
          </Group>
          <Group gap="sm">
            <Text size="sm" className="c32-wide c32-dim">
              {who.data.workspace.name} · {who.data.principal.name}
            </Text>
            <Button size="xs" variant="default" onClick={() => void signOut()}>
              {texts.nav.signOut}
            </Button>
          </Group>
        </Group>
      </Container>
      {who.data.workspace.minimal_isolation && (
        <Container size="lg" pb="sm">
          <Alert color="yellow" role="status">
            {texts.minimalIsolation}
          </Alert>
        </Container>
      )}
      <Container size="lg" pb="xl" component="main" id="content">
        <Outlet />
      </Container>
    </>
  );
}
