import { Alert, Badge, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Play, Sparkles } from "lucide-react";
import { lazy, Suspense, type ComponentType } from "react";

import { fileOf } from "../../api/files";
import { useMay } from "../../api/rights";
import type { Bot } from "../../api/types";
import { AddressTabs, type Tab } from "../../components/AddressTabs";
import { Answered } from "../../components/Answered";
import { PageHead } from "../../components/PageHead";
import { StatusBadge } from "../../components/StatusBadge";
import { useAddress } from "../../components/useAddress";
import { useLookedAt } from "../../components/useLookedAt";
import { Waiting } from "../../components/Waiting";
import { bot as texts, bots as listTexts } from "../../texts/bots";
import { FavouriteButton } from "./FavouriteButton";
import { OverviewPanel } from "./overview/OverviewPanel";
import { followed } from "./queries";
import { useAhead } from "./useAhead";
import "./bots.css";

const FILES = {
  run: () => import("./RunPanel"),
  code: () => import("./code/CodePanel"),
  versions: () => import("./versions/VersionsPanel"),
  triggers: () => import("./triggers/TriggersPanel"),
  runs: () => import("./RunsPanel"),
  resources: () => import("./ResourcesPanel"),
  cost: () => import("./cost/CostPanel"),
  incidents: () => import("./IncidentsPanel"),
  settings: () => import("./settings/SettingsPanel"),
  danger: () => import("./DangerPanel"),
};
const RunPanel = lazy(fileOf(FILES.run));
const CodePanel = lazy(fileOf(FILES.code));
const VersionsPanel = lazy(fileOf(FILES.versions));
const TriggersPanel = lazy(fileOf(FILES.triggers));
const RunsPanel = lazy(fileOf(FILES.runs));
const ResourcesPanel = lazy(fileOf(FILES.resources));
const CostPanel = lazy(fileOf(FILES.cost));
const IncidentsPanel = lazy(fileOf(FILES.incidents));
const SettingsPanel = lazy(fileOf(FILES.settings));
const DangerPanel = lazy(fileOf(FILES.danger));

/** What every tab is given: the bot, and how the address calls it, which is what questions are asked with. */
export interface PanelProps {
  bot: Bot;
  botRef: string;
}

export function BotPage() {
  const { botId } = useParams({ from: "/shell/bots/$botId" });
  const [{ tab }] = useAddress();
  const found = useQuery(followed(botId));
  useLookedAt(found.data && { path: `/bots/${found.data.id}`, kind: "bot", name: found.data.title || found.data.name });
  useAhead(botId, tab ?? "overview", FILES);
  return (
    <>
      <Answered query={found} rows={6}>
        {(bot) => (
          <>
            <Head bot={bot} />
            <AddressTabs label={texts.tabs.label} tabs={tabsOf(bot, botId)} />
          </>
        )}
      </Answered>
    </>
  );
}

function tabsOf(bot: Bot, botRef: string): Tab[] {
  const panel = (value: keyof typeof texts.tabs, Panel: ComponentType<PanelProps>): Tab => ({
    value,
    label: texts.tabs[value],
    panel: () => (
      <Suspense fallback={<Waiting />}>
        <Panel bot={bot} botRef={botRef} />
      </Suspense>
    ),
  });
  return [
    panel("overview", OverviewPanel),
    panel("run", RunPanel),
    panel("code", CodePanel),
    panel("versions", VersionsPanel),
    panel("triggers", TriggersPanel),
    panel("runs", RunsPanel),
    panel("resources", ResourcesPanel),
    panel("cost", CostPanel),
    panel("incidents", IncidentsPanel),
    panel("settings", SettingsPanel),
    panel("danger", DangerPanel),
  ];
}

function Head({ bot }: { bot: Bot }) {
  const [{ tab }, change] = useAddress();
  const may = useMay();
  const proof = bot.latest_version?.proof;
  const usable = bot.status === "active";
  return (
    <>
      <PageHead
        title={bot.title || bot.name}
        above={
          <Link className="c32-link" to="/bots">
            {texts.back}
          </Link>
        }
        badge={
          <Group gap={6}>
            {proof && <StatusBadge status={proof} label={texts.proof[proof]} />}
            {bot.kind === "service" && <StatusBadge status={listTexts.service} tone="quiet" />}
            <FavouriteButton id={bot.id} name={bot.name} is={bot.favourite} />
          </Group>
        }
        about={<About bot={bot} />}
        actions={
          usable && (
            <>
              {may("builder:write") && (
                <Button
                  variant="default"
                  leftSection={<Sparkles size={16} aria-hidden />}
                  renderRoot={(props) => <Link {...props} to="/build" search={{ bot: bot.id }} />}
                >
                  {texts.change}
                </Button>
              )}
              {may("runs:write") && bot.kind === "job" && tab !== "run" && (
                <Button leftSection={<Play size={16} aria-hidden />} onClick={() => change({ tab: "run" })}>
                  {texts.run}
                </Button>
              )}
            </>
          )
        }
      />
      {!usable && (
        <Alert color="yellow" mb="md" role="status">
          {bot.status === "archived" ? texts.archived : texts.deleted}
        </Alert>
      )}
    </>
  );
}

function About({ bot }: { bot: Bot }) {
  return (
    <Group gap="xs">
      <code>{bot.name}</code>
      <span>{bot.role}</span>
      {Object.entries(bot.environments).map(([name, pointer]) => (
        <Badge key={name} size="sm" variant="default" tt="none">
          {name} {pointer.number}
        </Badge>
      ))}
      {bot.tags.map((tag) => (
        <Link key={tag} to="/bots" search={{ tag }} className="c32-link" style={{ lineHeight: "1.5rem", minWidth: "1.5rem", display: "inline-block" }}>
          #{tag}
        </Link>
      ))}
      {bot.owner && <span>{texts.madeBy(bot.owner.name)}</span>}
    </Group>
  );
}
