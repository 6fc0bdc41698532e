/** Every address of the app. Each page is a file of its own that is loaded when it is first looked at. */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchSchemaInput,
} from "@tanstack/react-router";

import { CrashPage } from "./features/shell/CrashPage";
import { LostPage } from "./features/shell/LostPage";
import { Shell } from "./features/shell/Shell";

/** Filters, tabs and searches are in the address as plain words, so that every state can be linked to. */
export type Search = Record<string, string | undefined>;

function words(given: Search & SearchSchemaInput): Search {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ""));
}

const root = createRootRouteWithContext()({ notFoundComponent: LostPage, errorComponent: CrashPage });
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const inShell = { getParentRoute: () => shell, validateSearch: words } as const;

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./features/session/SignInPage"), "SignInPage"),
});
const pages = [
  createRoute({ ...inShell, path: "/", component: lazyRouteComponent(() => import("./features/home/HomePage"), "HomePage") }),
  createRoute({ ...inShell, path: "/build", component: lazyRouteComponent(() => import("./features/builder/StartPage"), "StartPage") }),
  createRoute({
    ...inShell,
    path: "/build/$sessionId",
    component: lazyRouteComponent(() => import("./features/builder/SessionPage"), "SessionPage"),
  }),
  createRoute({ ...inShell, path: "/bots", component: lazyRouteComponent(() => import("./features/bots/BotsPage"), "BotsPage") }),
  createRoute({ ...inShell, path: "/bots/$botId", component: lazyRouteComponent(() => import("./features/bots/BotPage"), "BotPage") }),
  createRoute({ ...inShell, path: "/runs", component: lazyRouteComponent(() => import("./features/runs/RunsPage"), "RunsPage") }),
  createRoute({ ...inShell, path: "/runs/$runId", component: lazyRouteComponent(() => import("./features/runs/RunPage"), "RunPage") }),
  createRoute({
    ...inShell,
    path: "/triggers",
    component: lazyRouteComponent(() => import("./features/triggers/TriggersPage"), "TriggersPage"),
  }),
  createRoute({
    ...inShell,
    path: "/triggers/webhooks/$webhookId",
    component: lazyRouteComponent(() => import("./features/triggers/WebhookPage"), "WebhookPage"),
  }),
  createRoute({
    ...inShell,
    path: "/services",
    component: lazyRouteComponent(() => import("./features/services/ServicesPage"), "ServicesPage"),
  }),
  createRoute({
    ...inShell,
    path: "/services/$serviceId",
    component: lazyRouteComponent(() => import("./features/services/ServicePage"), "ServicePage"),
  }),
  createRoute({
    ...inShell,
    path: "/proposals",
    component: lazyRouteComponent(() => import("./features/proposals/ProposalsPage"), "ProposalsPage"),
  }),
  createRoute({
    ...inShell,
    path: "/proposals/$proposalId",
    component: lazyRouteComponent(() => import("./features/proposals/ProposalPage"), "ProposalPage"),
  }),
  createRoute({
    ...inShell,
    path: "/incidents",
    component: lazyRouteComponent(() => import("./features/incidents/IncidentsPage"), "IncidentsPage"),
  }),
  createRoute({
    ...inShell,
    path: "/incidents/$incidentId",
    component: lazyRouteComponent(() => import("./features/incidents/IncidentPage"), "IncidentPage"),
  }),
  createRoute({ ...inShell, path: "/usage", component: lazyRouteComponent(() => import("./features/usage/UsagePage"), "UsagePage") }),
  createRoute({
    ...inShell,
    path: "/knowledge",
    component: lazyRouteComponent(() => import("./features/knowledge/KnowledgePage"), "KnowledgePage"),
  }),
  createRoute({
    ...inShell,
    path: "/knowledge/$baseId",
    component: lazyRouteComponent(() => import("./features/knowledge/BasePage"), "BasePage"),
  }),
  createRoute({
    ...inShell,
    path: "/settings/$section",
    component: lazyRouteComponent(() => import("./features/settings/SettingsPage"), "SettingsPage"),
  }),
  createRoute({
    ...inShell,
    path: "/guides/$guide",
    component: lazyRouteComponent(() => import("./features/guides/GuidePage"), "GuidePage"),
  }),
  createRoute({ ...inShell, path: "/design", component: lazyRouteComponent(() => import("./features/design/DesignPage"), "DesignPage") }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, shell.addChildren([...pages])]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  // Plain words in the address: `?status=failed`, not JSON.
  parseSearch: (given) => Object.fromEntries(new URLSearchParams(given)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text ? `?${text}` : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
