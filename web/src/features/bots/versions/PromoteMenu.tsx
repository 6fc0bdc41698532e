import { Button, Menu, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { call } from "../../../api/client";
import type { Bot, Version } from "../../../api/types";
import { Callout } from "../../../components/Callout";
import { versions as texts } from "../../../texts/bots";
import { MoveDialog } from "./MoveDialog";
import { mayGoTo, targetsOf } from "./moves";
import { permissionsOf } from "./permissions";

interface Props {
  bot: Bot;
  botRef: string;
  version: Version;
  onMoved: (told: string) => void;
}

/** Where a version may go; each choice says what it changes before it is done. */
export function PromoteMenu({ bot, botRef, version, onMoved }: Props) {
  const client = useQueryClient();
  const button = useRef<HTMLButtonElement>(null);
  const [target, setTarget] = useState<string>();
  const targets = targetsOf(Object.keys(bot.environments), version.environments);
  const possible = targets.filter((name) => mayGoTo(version.proof, name));
  const now = target === undefined ? undefined : bot.environments[target];

  async function promote() {
    await call(`/bots/${botRef}/promote`, { method: "POST", body: { to: target, version: version.id } });
    await Promise.all([client.invalidateQueries({ queryKey: ["bot", botRef] }), client.invalidateQueries({ queryKey: ["bots"] })]);
    return texts.promote.done(target ?? "", version.number);
  }

  /** The choice that opened the dialog is gone with its menu: the keyboard goes on from the button. */
  function leave() {
    setTarget(undefined);
    button.current?.focus();
  }

  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button ref={button} size="xs" variant="default" disabled={possible.length === 0} title={possible.length === 0 ? texts.promote.notProven : undefined}>
            {texts.promote.menu}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {possible.map((name) => (
            <Menu.Item key={name} onClick={() => setTarget(name)}>
              {texts.promote.label(name)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {target !== undefined && (
        <MoveDialog
          botRef={botRef}
          title={texts.promote.title(version.number, target)}
          action={texts.promote.action}
          before={now?.version_id}
          after={version.id}
          first={<Permissions manifest={version.manifest} />}
          onMove={promote}
          onClose={leave}
          onMoved={(told) => {
            setTarget(undefined);
            onMoved(told);
          }}
        >
          {now ? texts.promote.now(target, now.number, version.number) : texts.promote.first(target, version.number)}
        </MoveDialog>
      )}
    </>
  );
}

function Permissions({ manifest }: { manifest: Record<string, unknown> }) {
  const asked = permissionsOf(manifest);
  if (asked.length === 0) return <Text size="sm">{texts.wideningNone}</Text>;
  return (
    <Callout title={texts.promote.firstMay} tone="warn">
      <dl className="c32-bot-facts">
        {asked.map((one) => (
          <div key={one.what}>
            <dt>
              <code>{one.what}</code>
            </dt>
            <dd>{one.values.join(", ")}</dd>
          </div>
        ))}
      </dl>
    </Callout>
  );
}
