import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { useMay } from "../../api/rights";
import { useReady } from "../../components/useReady";
import { session as texts } from "../../texts/builder";
import { neededFiles, schedules } from "../bots/queries";
import { lackedNames } from "../bots/triggers/lacked";
import { reviewOf, type Session } from "./documents";
import { secretNames } from "./queries";

/** What came of it, what it still lacks, and where to go from here. */
export function Published({ session }: { session: Session }) {
  const place = useReady<HTMLDivElement>("a");
  const { bot } = session;
  if (!bot) return null;
  const params = { botId: bot.id };
  return (
    <div className="c32-ready c32-banner" data-tone="good" role="status" ref={place}>
      <div>
        <Text fw={600}>{texts.published.title(bot.name)}</Text>
        <Text size="sm">{texts.published.text}</Text>
        <Lacks session={session} botId={bot.id} />
      </div>
      <Group gap="xs">
        <Button renderRoot={(props) => <Link to="/bots/$botId" params={params} search={{ tab: "run" }} {...props} />}>{texts.published.run}</Button>
        <Button variant="default" renderRoot={(props) => <Link to="/bots/$botId" params={params} {...props} />}>
          {texts.published.open}
        </Button>
        <Button variant="subtle" renderRoot={(props) => <Link to="/build" {...props} />}>
          {texts.published.another}
        </Button>
      </Group>
    </div>
  );
}

/** Without these the first run that the clock starts would fail. */
function Lacks({ session, botId }: { session: Session; botId: string }) {
  const may = useMay();
  const review = reviewOf(session);
  const known = useQuery(secretNames(may("secrets:read")));
  const scheduled = (review?.schedules.length ?? 0) > 0;
  const needed = useQuery({ ...neededFiles(botId, session.version?.id ?? ""), enabled: scheduled && session.version !== null }).data;
  const found = useQuery({ ...schedules(botId), enabled: scheduled });
  const unset = (review?.secrets ?? []).filter(({ name, is_set: wasSet }) => !(known.data?.has(name) ?? wasSet)).map(({ name }) => name);
  const bare = found.data?.items.map((one) => ({ id: one.id, files: lackedNames(one, needed) })).find(({ files }) => files !== undefined);
  return (
    <>
      {unset.length > 0 && (
        <Text size="sm">
          {texts.publish.missing(unset.join(", "))}{" "}
          <Link to="/settings/$section" params={{ section: "secrets" }} className="c32-link c32-underlined">
            {texts.published.secrets}
          </Link>
        </Text>
      )}
      {bare && (
        <Text size="sm">
          {texts.published.noFile(new Intl.ListFormat("en").format(bare.files ?? []))}{" "}
          <Link to="/bots/$botId" params={{ botId }} search={{ tab: "triggers", schedule: bare.id }} className="c32-link c32-underlined">
            {texts.published.giveFile}
          </Link>
        </Text>
      )}
    </>
  );
}
