/** Every page of the app as the server must know it before the app itself runs: its address, its file, what stands on it, what it asks first. */
import { bots } from "../src/texts/bots";
import { home } from "../src/texts/home";
import { incidents } from "../src/texts/incidents";
import { knowledge } from "../src/texts/knowledge";
import { proposals } from "../src/texts/proposals";
import { runs } from "../src/texts/runs";
import { services } from "../src/texts/services";
import { triggers } from "../src/texts/triggers";
import { usage } from "../src/texts/usage";

export interface Page {
  /** As in the router; `$name` is one part of the path. */
  path: string;
  /** Below `src/features`, without its ending. */
  file: string;
  title?: string;
  about?: string;
  /** How many places of what is being loaded stand below the head; undefined: the page has no frame. */
  rows?: number;
  tall?: boolean;
  /** Below `/api/v1`, exactly as the page asks when nothing narrows it; `$name` as in `path`. */
  asks?: readonly string[];
}

const LIST = { rows: 8 };
const ONE = { rows: 3, tall: true };

export const PAGES: readonly Page[] = [
  { path: "/sign-in", file: "session/SignInPage" },
  {
    path: "/",
    file: "home/HomePage",
    title: home.title,
    about: home.about,
    rows: 4,
    tall: true,
    asks: [
      "/overview", "/bots?limit=1", "/runs?limit=1", "/schedules?limit=1", "/webhooks?limit=1", "/models",
      "/runs?status=failed&limit=6", "/runs/series?step=hour",
    ], // prettier-ignore
  },
  { path: "/build", file: "builder/StartPage", ...ONE },
  { path: "/build/$sessionId", file: "builder/SessionPage", ...ONE },
  { path: "/bots", file: "bots/BotsPage", title: bots.title, about: bots.about, ...LIST, asks: ["/bots?limit=50", "/bots/facets"] },
  { path: "/bots/$botId", file: "bots/BotPage", ...ONE, asks: ["/bots/$botId"] },
  { path: "/runs", file: "runs/RunsPage", title: runs.title, about: runs.about, ...LIST, asks: ["/runs?limit=100"] },
  { path: "/runs/$runId", file: "runs/RunPage", ...ONE, asks: ["/runs/$runId"] },
  { path: "/triggers", file: "triggers/TriggersPage", title: triggers.title, about: triggers.about, ...LIST },
  { path: "/triggers/webhooks/$webhookId", file: "triggers/WebhookPage", ...ONE },
  { path: "/services", file: "services/ServicesPage", title: services.title, about: services.about, ...LIST },
  { path: "/services/$serviceId", file: "services/ServicePage", ...ONE },
  { path: "/proposals", file: "proposals/ProposalsPage", title: proposals.title, about: proposals.about, ...LIST },
  { path: "/proposals/$proposalId", file: "proposals/ProposalPage", ...ONE },
  { path: "/incidents", file: "incidents/IncidentsPage", title: incidents.title, about: incidents.about, ...LIST },
  { path: "/incidents/$incidentId", file: "incidents/IncidentPage", ...ONE },
  { path: "/usage", file: "usage/UsagePage", title: usage.title, about: usage.about, ...ONE },
  { path: "/knowledge", file: "knowledge/KnowledgePage", title: knowledge.title, about: knowledge.about, ...LIST },
  { path: "/knowledge/$baseId", file: "knowledge/BasePage", ...ONE },
  { path: "/settings/$section", file: "settings/SettingsPage", ...ONE },
  { path: "/guides/$guide", file: "guides/GuidePage", ...ONE },
  { path: "/design", file: "design/DesignPage", ...ONE },
];
