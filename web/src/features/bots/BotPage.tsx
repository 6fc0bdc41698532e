import { Alert, Badge, Button, Group } from "@mantine/core";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Play, Sparkles } from "lucide-react";
import { lazy, Suspense, type ComponentType } from "react";

import * as core from "../../api/queries";
import { useMay } from "../../api/rights";
import type { Bot } from "../../api/types";
import { AddressTabs, type Tab } from "../../components/AddressTabs";
import { Answered } from "../../components/Answered";
import { PageHead } from "../../components/PageHead";
import { StatusBadge } from "../../components/StatusBadge";
import { useAddress } from "../../components/useAddress";
import { Waiting } from "../../components/Waiting";
import { bot as texts, bots as listTexts } from "../../texts/bots";
import * as panels from "../builder/panels/queries";
import { FavouriteButton } from "./FavouriteButton";
import { OverviewPanel } from "./overview/OverviewPanel";
import * as queries from "./queries";
import "./bots.css";

const RunPanel = lazy(() => import("./RunPanel"));
const CodePanel = lazy(() => import("./code/CodePanel"));
const VersionsPanel = lazy(() => import("./versions/VersionsPanel"));
const TriggersPanel = lazy(() => import("./triggers/TriggersPanel"));
const RunsPanel = lazy(() => import("./RunsPanel"));
const ResourcesPanel = lazy(() => import("./ResourcesPanel"));
const CostPanel = lazy(() => import("./cost/CostPanel"));
const IncidentsPanel = lazy(() => import("./IncidentsPanel"));
const SettingsPanel = lazy(() => import("./settings/SettingsPanel"));
const DangerPanel = lazy(() => import("./DangerPanel"));

/** What every tab is given: the bot, and how the address calls it, which is what questions are asked with. */
export interface PanelProps {
  bot: Bot;
  botRef: string;
}

export function BotPage() {
  const { botId } = useParams({ from: "/shell/bots/$botId" });
  const [{ tab }] = useAddress();
  const found = useQuery(core.bot(botId));
  return (
    <>
      {!tab && <AskAhead botRef={botId} />}
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

/** The overview's questions go out together with the one for the bot. */
function AskAhead({ botRef }: { botRef: string }) {
  usePrefetchQuery(queries.health(botRef));
  usePrefetchQuery(panels.explanation(botRef));
  usePrefetchQuery(panels.suggestions(botRef));
  usePrefetchQuery(panels.similar(botRef));
  return null;
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
  const [, change] = useAddress();
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
              {may("runs:write") && bot.kind === "job" && (
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
        <Link key={tag} to="/bots" search={{ tag }} className="c32-link">
          #{tag}
        </Link>
      ))}
      {bot.owner && <span>{texts.madeBy(bot.owner.name)}</span>}
    </Group>
  );
}
