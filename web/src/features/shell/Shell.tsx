import { ActionIcon, Alert, AppShell, Burger, Button, Group, Kbd, Text, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Navigate, Outlet, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";

import { ApiError, isAway } from "../../api/client";
import { fileOf } from "../../api/files";
import { AwayShown } from "../../components/away";
import { ProblemNote } from "../../components/ProblemNote";
import { Waiting } from "../../components/Waiting";
import { common } from "../../texts/common";
import { shell } from "../../texts/shell";
import { keyName, useShortcuts } from "../palette/shortcuts";
import { PersonMenu } from "./PersonMenu";
import { PLACES } from "./pages";
import { useArrival } from "./useArrival";
import { useRecovery } from "./useRecovery";

const Palette = lazy(fileOf(() => import("../palette/Palette")));
const Shortcuts = lazy(fileOf(() => import("../palette/ShortcutList")));

/** The frame of every signed-in page; whoever is not signed in is sent to the sign-in page. */
export function Shell() {
  const who = useRecovery();
  const title = useArrival("content");
  const [menu, { toggle, close }] = useDisclosure();
  const [palette, paletteSwitch] = useDisclosure();
  const [help, helpSwitch] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const address = useRouterState({ select: (state) => state.location.href });
  useShortcuts({ onPalette: paletteSwitch.open, onHelp: helpSwitch.open });

  useEffect(close, [path, close]);

  if (who.error instanceof ApiError && who.error.problem.status === 401) {
    // On the way there this is drawn again, with the address of the sign-in.
    if (path === "/sign-in") return null;
    return <Navigate to="/sign-in" search={address === "/" ? {} : { back: address }} replace />;
  }
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !menu } }} padding="md">
      <a className="c32-skip" href="#content">
        {shell.skip}
      </a>
      <VisuallyHidden role="status">{title}</VisuallyHidden>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={menu} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={shell.menu} />
            <Text fw={700}>{common.product}</Text>
            <Text size="sm" className="c32-dim c32-wide">
              {who.data?.workspace.name}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <PaletteButton onOpen={paletteSwitch.open} />
            {who.data && <PersonMenu me={who.data} onShortcuts={helpSwitch.open} />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={shell.navigation}>
        {PLACES.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className="c32-nav" activeOptions={{ exact: to === "/", includeSearch: false }}>
            <Icon size={18} strokeWidth={1.75} aria-hidden />
            {label}
          </Link>
        ))}
      </AppShell.Navbar>
      <AppShell.Main className="c32-main" id="content" tabIndex={-1}>
        <div className="c32-content">
          {who.error && (
            <div style={{ marginBottom: "1rem" }}>
              <ProblemNote error={who.error} onRetry={() => void who.refetch()} />
            </div>
          )}
          {who.data?.workspace.minimal_isolation && (
            <Alert color="yellow" role="status" mb="md">
              {shell.minimalIsolation}
            </Alert>
          )}
          <AwayShown value={isAway(who.error)}>
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          </AwayShown>
        </div>
      </AppShell.Main>
      <Suspense>
        {palette && <Palette onClose={paletteSwitch.close} onShortcuts={helpSwitch.open} />}
        {help && <Shortcuts onClose={helpSwitch.close} />}
      </Suspense>
    </AppShell>
  );
}

function PaletteButton({ onOpen }: { onOpen: () => void }) {
  return (
    <>
      <Button
        variant="default"
        size="xs"
        visibleFrom="sm"
        leftSection={<Search size={14} aria-hidden />}
        rightSection={<Kbd size="xs">{keyName("mod+K")}</Kbd>}
        onClick={onOpen}
      >
        {shell.palette.label}
      </Button>
      <ActionIcon variant="default" size="lg" hiddenFrom="sm" aria-label={shell.palette.label} onClick={onOpen}>
        <Search size={18} aria-hidden />
      </ActionIcon>
    </>
  );
}
