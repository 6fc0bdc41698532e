import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";

import { BotPage } from "./features/bots/BotPage";
import { BotsPage } from "./features/bots/BotsPage";
import { RunPage } from "./features/runs/RunPage";
import { RunsPage } from "./features/runs/RunsPage";
import { SignInPage } from "./features/session/SignInPage";
import { Shell } from "./features/session/Shell";

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 1000, retry: 1 } } });
const theme = createTheme({ primaryColor: "cyan", primaryShade: { light: 9, dark: 4 }, autoContrast: true });

const root = createRootRouteWithContext()();
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignInPage });
const botsRoute = createRoute({ getParentRoute: () => shell, path: "/", component: BotsPage });
const botRoute = createRoute({ getParentRoute: () => shell, path: "/bots/$botId", component: BotPage });
const runsRoute = createRoute({
  getParentRoute: () => shell,
  path: "/runs",
  validateSearch: (given: Record<string, unknown>): { status?: string } =>
    typeof given.status === "string" ? { status: given.status } : {},
  component: RunsPage,
});
const runRoute = createRoute({ getParentRoute: () => shell, path: "/runs/$runId", component: RunPage });

const router = createRouter({
  routeTree: root.addChildren([signIn, shell.addChildren([botsRoute, botRoute, runsRoute, runRoute])]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** Mantine's own style elements are switched off: the content security policy allows style sheets only. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
