import { Alert, Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { useMay } from "../../api/rights";
import type { Schedule } from "../../api/types";
import { Answered } from "../../components/Answered";
import { ConfirmButton } from "../../components/ConfirmButton";
import { JsonView } from "../../components/JsonView";
import { Moment } from "../../components/Moment";
import { Pairs } from "../../components/Pairs";
import { StatusBadge } from "../../components/StatusBadge";
import { useAddress } from "../../components/useAddress";
import { useChange } from "../../components/useChange";
import { size } from "../../format/size";
import { common } from "../../texts/common";
import { schedule as texts, scheduleForm, triggers } from "../../texts/triggers";
import { removeSchedule, STALE_SCHEDULES } from "./changes";
import { schedule } from "./queries";
import { Pause } from "./SchedulesTab";
import { Slots } from "./Slots";
import { inWords } from "./words";

/** One schedule beside whatever shows it: when it fires, what it gives, and what became of its times. */
export function ScheduleDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const found = useQuery(schedule(id));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={<b>{found.data ? `${found.data.name} ${texts.of(found.data.bot_name)}` : texts.title}</b>}
      closeButtonProps={{ "aria-label": common.close }}
    >
      <Answered query={found}>{(one) => <Body one={one} onClose={onClose} />}</Answered>
    </Drawer>
  );
}

function Body({ one, onClose }: { one: Schedule; onClose: () => void }) {
  return (
    <Stack>
      <Actions one={one} onClose={onClose} />
      {one.last_error && (
        <Alert color="red" title={texts.lastError} role="status">
          <span className="c32-break">{one.last_error}</span>
        </Alert>
      )}
      <Facts one={one} />
      <section>
        <Title order={3} mb={4}>
          {texts.nextFires}
        </Title>
        {one.next_fires.length === 0 && <Text className="c32-dim">{texts.noFires}</Text>}
        <ul className="c32-bare-list">
          {one.next_fires.map((at) => (
            <li key={at}>
              <Moment at={at} />{" "}
              <span className="c32-dim">
                <Moment at={at} style="relative" />
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <Title order={3} mb={4}>
          {texts.history}
        </Title>
        <Slots id={one.id} />
      </section>
    </Stack>
  );
}

function Actions({ one, onClose }: { one: Schedule; onClose: () => void }) {
  const may = useMay()("schedules:write");
  const [, change] = useAddress();
  const remove = useChange(() => removeSchedule(one.id), STALE_SCHEDULES, onClose);
  return (
    <div>
      <Group gap="xs">
        <StatusBadge status={one.paused ? "paused" : "active"} label={one.paused ? triggers.paused : triggers.active} />
        <Pause one={one} size="xs" />
        <Button size="xs" variant="default" disabled={!may} onClick={() => change({ edit: one.id })}>
          {texts.edit}
        </Button>
        {one.origin === "person" && (
          <ConfirmButton
            size="xs"
            color="red"
            variant="outline"
            disabled={!may}
            label={texts.remove}
            action={texts.remove}
            title={texts.removeTitle(one.name)}
            onConfirm={() => remove.mutateAsync(undefined)}
          >
            {texts.removeText}
          </ConfirmButton>
        )}
      </Group>
      {one.paused && (
        <Text size="sm" className="c32-dim" mt={4}>
          {texts.resumeNote}
        </Text>
      )}
    </div>
  );
}

function Facts({ one }: { one: Schedule }) {
  const hasInput = Object.keys((one.input ?? {})).length > 0;
  const { facts } = texts;
  return (
    <Pairs
      rows={[
        [
          facts.bot,
          <Link className="c32-link" to="/bots/$botId" params={{ botId: one.bot_id }} key="bot">
            {one.bot_name}
          </Link>,
        ],
        [facts.when, inWords(one.cron)],
        [facts.cron, one.cron],
        [facts.zone, one.timezone],
        [facts.misfire, scheduleForm.misfires[one.misfire]],
        [facts.environment, one.environment ?? texts.standardEnvironment],
        [facts.origin, triggers.origin[one.origin] ?? one.origin],
        [facts.files, one.files.length > 0 && one.files.map((file) => `${file.name} (${size(file.size)})`).join(", ")],
        [facts.input, hasInput && <JsonView value={one.input} label={facts.input} key="input" />],
      ]}
    />
  );
}
