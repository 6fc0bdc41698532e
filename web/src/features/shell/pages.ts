/** The places of the navigation, in its order; `key` goes there after `g`. */
import {
  BookOpen, Bot, CalendarClock, ChartColumn, GitPullRequestArrow, House, Play, Server, Settings, Siren, Sparkles, type LucideIcon,
} from "lucide-react"; // prettier-ignore

import { shell } from "../../texts/shell";

export interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  key: string;
}

export const PLACES: readonly Place[] = [
  { to: "/", label: shell.nav.home, icon: House, key: "h" },
  { to: "/build", label: shell.nav.build, icon: Sparkles, key: "n" },
  { to: "/bots", label: shell.nav.bots, icon: Bot, key: "b" },
  { to: "/runs", label: shell.nav.runs, icon: Play, key: "r" },
  { to: "/services", label: shell.nav.services, icon: Server, key: "v" },
  { to: "/triggers", label: shell.nav.triggers, icon: CalendarClock, key: "t" },
  { to: "/proposals", label: shell.nav.proposals, icon: GitPullRequestArrow, key: "p" },
  { to: "/incidents", label: shell.nav.incidents, icon: Siren, key: "i" },
  { to: "/usage", label: shell.nav.usage, icon: ChartColumn, key: "u" },
  { to: "/knowledge", label: shell.nav.knowledge, icon: BookOpen, key: "k" },
  { to: "/settings/workspace", label: shell.nav.settings, icon: Settings, key: "s" },
];
