/** Every address of the app. Each page is a file of its own that is loaded when it is first looked at. */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchSchemaInput,
} from "@tanstack/react-router";

import { fileOf } from "./api/files";
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
  validateSearch: words,
  component: lazyRouteComponent(fileOf(() => import("./features/session/SignInPage")), "SignInPage"),
});
const pages = [
  createRoute({ ...inShell, path: "/", component: lazyRouteComponent(fileOf(() => import("./features/home/HomePage")), "HomePage") }),
  createRoute({ ...inShell, path: "/build", component: lazyRouteComponent(fileOf(() => import("./features/builder/StartPage")), "StartPage") }),
  createRoute({
    ...inShell,
    path: "/build/$sessionId",
    component: lazyRouteComponent(fileOf(() => import("./features/builder/SessionPage")), "SessionPage"),
  }),
  createRoute({ ...inShell, path: "/bots", component: lazyRouteComponent(fileOf(() => import("./features/bots/BotsPage")), "BotsPage") }),
  createRoute({ ...inShell, path: "/bots/$botId", component: lazyRouteComponent(fileOf(() => import("./features/bots/BotPage")), "BotPage") }),
  createRoute({ ...inShell, path: "/runs", component: lazyRouteComponent(fileOf(() => import("./features/runs/RunsPage")), "RunsPage") }),
  createRoute({ ...inShell, path: "/runs/$runId", component: lazyRouteComponent(fileOf(() => import("./features/runs/RunPage")), "RunPage") }),
  createRoute({
    ...inShell,
    path: "/triggers",
    component: lazyRouteComponent(fileOf(() => import("./features/triggers/TriggersPage")), "TriggersPage"),
  }),
  createRoute({
    ...inShell,
    path: "/triggers/webhooks/$webhookId",
    component: lazyRouteComponent(fileOf(() => import("./features/triggers/WebhookPage")), "WebhookPage"),
  }),
  createRoute({
    ...inShell,
    path: "/services",
    component: lazyRouteComponent(fileOf(() => import("./features/services/ServicesPage")), "ServicesPage"),
  }),
  createRoute({
    ...inShell,
    path: "/services/$serviceId",
    component: lazyRouteComponent(fileOf(() => import("./features/services/ServicePage")), "ServicePage"),
  }),
  createRoute({
    ...inShell,
    path: "/proposals",
    component: lazyRouteComponent(fileOf(() => import("./features/proposals/ProposalsPage")), "ProposalsPage"),
  }),
  createRoute({
    ...inShell,
    path: "/proposals/$proposalId",
    component: lazyRouteComponent(fileOf(() => import("./features/proposals/ProposalPage")), "ProposalPage"),
  }),
  createRoute({
    ...inShell,
    path: "/incidents",
    component: lazyRouteComponent(fileOf(() => import("./features/incidents/IncidentsPage")), "IncidentsPage"),
  }),
  createRoute({
    ...inShell,
    path: "/incidents/$incidentId",
    component: lazyRouteComponent(fileOf(() => import("./features/incidents/IncidentPage")), "IncidentPage"),
  }),
  createRoute({ ...inShell, path: "/usage", component: lazyRouteComponent(fileOf(() => import("./features/usage/UsagePage")), "UsagePage") }),
  createRoute({
    ...inShell,
    path: "/knowledge",
    component: lazyRouteComponent(fileOf(() => import("./features/knowledge/KnowledgePage")), "KnowledgePage"),
  }),
  createRoute({
    ...inShell,
    path: "/knowledge/$baseId",
    component: lazyRouteComponent(fileOf(() => import("./features/knowledge/BasePage")), "BasePage"),
  }),
  createRoute({
    ...inShell,
    path: "/settings/$section",
    component: lazyRouteComponent(fileOf(() => import("./features/settings/SettingsPage")), "SettingsPage"),
  }),
  createRoute({
    ...inShell,
    path: "/guides/$guide",
    component: lazyRouteComponent(fileOf(() => import("./features/guides/GuidePage")), "GuidePage"),
  }),
  createRoute({ ...inShell, path: "/design", component: lazyRouteComponent(fileOf(() => import("./features/design/DesignPage")), "DesignPage") }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, shell.addChildren([...pages])]),
  // A page that breaks leaves the frame around it standing.
  defaultErrorComponent: CrashPage,
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
