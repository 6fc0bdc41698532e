import { Text } from "@mantine/core";

import { Callout } from "../../../components/Callout";
import { versions as texts } from "../../../texts/bots";

interface Change {
  path: string;
  before?: unknown;
  after?: unknown;
  widening: boolean;
}

/** What differs between two manifests; what asks for more stands apart and first. */
export function ManifestChanges({ changes }: { changes: readonly Change[] }) {
  const widening = changes.filter((change) => change.widening);
  const others = changes.filter((change) => !change.widening);
  return (
    <div className="c32-manifest">
      {widening.length > 0 ? (
        <Callout title={texts.widening} tone="warn">
          <Lines changes={widening} />
        </Callout>
      ) : (
        <Text size="sm">{texts.wideningNone}</Text>
      )}
      {others.length > 0 && (
        <>
          <Text size="sm" fw={600} mt="xs">
            {texts.other}
          </Text>
          <Lines changes={others} />
        </>
      )}
    </div>
  );
}

function Lines({ changes }: { changes: readonly Change[] }) {
  return (
    <dl className="c32-bot-facts">
      {changes.map((change) => (
        <div key={change.path}>
          <dt>
            <code>{change.path}</code>
          </dt>
          <dd>
            <del>{shown(change.before)}</del> {texts.becomes} <ins>{shown(change.after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return texts.unset;
  return typeof value === "string" ? value : JSON.stringify(value);
}
