import { useDisclosure } from "@mantine/hooks";
import { Link, Navigate, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";

import { ApiError, isAway } from "../../api/client";
import { fileOf } from "../../api/files";
import { lookedAtBy } from "../../api/preferences";
import type { Me } from "../../api/types";
import { AwayShown } from "../../components/away";
import { ProblemNote } from "../../components/ProblemNote";
import { useOpening } from "../../components/useOpening";
import { Waiting } from "../../components/Waiting";
import { shell } from "../../texts/shell";
import { keyName, useShortcuts } from "../palette/shortcuts";
import { Frame, PaletteButton, PersonButton } from "./Frame";
import { Notices } from "./Notices";
import { useArrival } from "./useArrival";
import { useRecovery } from "./useRecovery";

const Palette = lazy(fileOf(() => import("../palette/Palette")));
const Shortcuts = lazy(fileOf(() => import("../palette/ShortcutList")));
const PersonMenu = lazy(fileOf(() => import("./PersonMenu")));

/** What a press needs is fetched before the server may be away: a page that is being written on must not break for a menu. */
const LATER = [() => import("../palette/Palette"), () => import("./PersonMenu"), () => import("../../components/ConfirmDialog")];
const LATER_MS = 8000;

/** The frame of every signed-in page; whoever is not signed in is sent to the sign-in page. */
export function Shell() {
  const who = useRecovery();
  const title = useArrival("content");
  const [menu, { toggle, close }] = useDisclosure();
  const [palette, openPalette, closePalette] = useOpening();
  const [help, openHelp, closeHelp] = useOpening();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const address = useRouterState({ select: (state) => state.location.href });
  useShortcuts({ onPalette: openPalette, onHelp: openHelp });

  useEffect(close, [path, close]);
  const person = who.data?.principal.member_id;
  useEffect(() => {
    if (person) lookedAtBy(person);
  }, [person]);
  useEffect(() => {
    const timer = setTimeout(() => LATER.forEach((load) => void load().catch(() => undefined)), LATER_MS);
    return () => clearTimeout(timer);
  }, []);

  if (who.error instanceof ApiError && who.error.problem.status === 401) {
    // On the way there this is drawn again, with the address of the sign-in.
    if (path === "/sign-in") return null;
    return <Navigate to="/sign-in" search={address === "/" ? {} : { back: address }} replace />;
  }
  return (
    <>
      <Frame
        before={
          <>
            <a className="c32-skip" href="#content">
              {shell.skip}
            </a>
            <span className="c32-unseen" role="status">
              {title}
            </span>
          </>
        }
        workspace={who.data?.workspace.name}
        open={menu}
        onMenu={toggle}
        actions={
          <>
            <PaletteButton keys={keyName("mod+K")} onClick={openPalette} />
            {who.data && <Person me={who.data} onShortcuts={openHelp} />}
          </>
        }
        link={({ to }, shown) => (
          <Link key={to} to={to} className="c32-nav" activeOptions={{ exact: to === "/", includeSearch: false }}>
            {shown}
          </Link>
        )}
      >
        {who.error && <ProblemNote error={who.error} onRetry={() => void who.refetch()} />}
        {who.data?.workspace.minimal_isolation && (
          <p className="c32-callout c32-notice" data-tone="warn" role="status">
            {shell.minimalIsolation}
          </p>
        )}
        <AwayShown value={isAway(who.error)}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </AwayShown>
      </Frame>
      <Suspense>
        {palette && <Palette onClose={closePalette} onShortcuts={openHelp} />}
        {help && <Shortcuts onClose={closeHelp} />}
      </Suspense>
      <Notices />
    </>
  );
}

/** The menu is loaded when it is first wanted; until it is there, its button stands. */
function Person({ me, onShortcuts }: { me: Me; onShortcuts: () => void }) {
  const [wanted, want] = useOpening();
  const button = <PersonButton name={me.principal.name} aria-expanded={false} onClick={want} />;
  return <Suspense fallback={button}>{wanted ? <PersonMenu me={me} onShortcuts={onShortcuts} /> : button}</Suspense>;
}
