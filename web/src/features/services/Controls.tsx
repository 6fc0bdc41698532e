import { Button, NumberInput, Popover, Stack, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../../api/client";
import { useMay } from "../../api/rights";
import { ConfirmButton } from "../../components/ConfirmButton";
import { ProblemNote } from "../../components/ProblemNote";
import { common } from "../../texts/common";
import { service as texts } from "../../texts/services";
import type { Detail } from "./queries";

const MOST_REPLICAS = 32;

type Act = (action: string, body?: unknown) => Promise<unknown>;

function useAct(id: string): Act {
  const client = useQueryClient();
  return async (action, body) => {
    const answer = await call<Detail>(`/services/${id}/${action}`, { method: "POST", body });
    client.setQueryData(["service", id], answer);
    void client.invalidateQueries({ queryKey: ["service", id, "events"] });
    void client.invalidateQueries({ queryKey: ["services"] });
  };
}

/** Restart, pause or resume, and scale; each says first what it does. */
export function Controls({ one }: { one: Detail }) {
  const act = useAct(one.id);
  const may = useMay()("services:write");
  const idle = !may || one.status === "stopped";
  return (
    <Tooltip label={texts.mayNot} disabled={may}>
      <Button.Group>
        <ConfirmButton
          label={texts.restart}
          action={texts.restart}
          title={texts.restartTitle(one.bot_name)}
          disabled={idle || one.desired.paused}
          onConfirm={() => act("restart")}
        >
          {texts.restartText}
        </ConfirmButton>
        {one.desired.paused ? (
          <Resume act={act} disabled={idle} />
        ) : (
          <ConfirmButton
            label={texts.pause}
            action={texts.pause}
            title={texts.pauseTitle(one.bot_name)}
            disabled={idle}
            onConfirm={() => act("pause")}
          >
            {texts.pauseText}
          </ConfirmButton>
        )}
        <Scale one={one} act={act} disabled={idle} />
      </Button.Group>
    </Tooltip>
  );
}

function Resume({ act, disabled }: { act: Act; disabled: boolean }) {
  const resume = useMutation({ mutationFn: () => act("resume") });
  return (
    <>
      <Button disabled={disabled} loading={resume.isPending} onClick={() => resume.mutate()}>
        {texts.resume}
      </Button>
      {resume.error && <ProblemNote error={resume.error} />}
    </>
  );
}

function Scale({ one, act, disabled }: { one: Detail; act: Act; disabled: boolean }) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState<string | number>(one.desired.replicas);
  const inManifest = Number(one.spec.replicas ?? 1);
  const scale = useMutation({
    mutationFn: (replicas: number | null) => act("scale", { replicas }),
    onSuccess: () => setOpened(false),
  });
  const open = () => {
    setWanted(one.desired.replicas);
    setOpened(!opened);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-end" withArrow>
      <Popover.Target>
        <Button variant="default" disabled={disabled} onClick={open}>
          {texts.scale}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={texts.scale}>
        <Stack gap="xs" maw={260}>
          <NumberInput
            label={texts.scaleLabel}
            description={texts.scaleHint(inManifest)}
            min={0}
            max={MOST_REPLICAS}
            allowDecimal={false}
            value={wanted}
            onChange={setWanted}
          />
          {scale.error && <ProblemNote error={scale.error} />}
          <Button loading={scale.isPending} disabled={wanted === ""} onClick={() => scale.mutate(Number(wanted))}>
            {common.save}
          </Button>
          <Button variant="default" onClick={() => scale.mutate(null)}>
            {texts.scaleManifest}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
