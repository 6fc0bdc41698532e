import { Button, Card, Group, Stack, Text } from "@mantine/core";

import { StatusBadge } from "../../components/StatusBadge";
import { useAddress } from "../../components/useAddress";
import { session as sessionTexts } from "../../texts/builder";
import { Cases } from "./Cases";
import { documentOf, stateOf, type Finding, type Session, type Tested } from "./documents";
import { casesIn, type Thought } from "./follow";
import { Lines } from "./Lines";
import { NotYet } from "./NotYet";

const { tests: texts } = sessionTexts;

/** What the checks found, and what the bot's own tests show: while they run, and when they have. */
export function TestsTab({ session, thoughts }: { session: Session; thoughts: readonly Thought[] }) {
  const running = stateOf(session, "tests") === "running";
  const tested = running ? undefined : documentOf(session, "tests");
  const checked = documentOf(session, "checks");
  const plan = documentOf(session, "plan");
  return (
    <Stack gap="md">
      {running && <Running cases={casesIn(thoughts)} />}
      {tested && <Results tested={tested} />}
      {!running && !tested && <NotYet session={session} text={sessionTexts.notYet.tests} />}
      {!tested && plan && (
        <Card>
          <Lines title={texts.planned} items={plan.tests} />
        </Card>
      )}
      {checked && (
        <Card>
          <Lines title={texts.checks} items={checked.findings.map(findingLine)} none={texts.clean} />
          <Lines title={texts.skipped} items={checked.skipped} />
        </Card>
      )}
    </Stack>
  );
}

function Running({ cases }: { cases: readonly { name: string; outcome: string }[] }) {
  return (
    <Card>
      <Text size="sm" role="status" mb={cases.length ? "sm" : 0}>
        {texts.running}
      </Text>
      {cases.length > 0 && <Cases cases={cases.map((one) => ({ ...one, message: "" }))} />}
    </Card>
  );
}

function Results({ tested }: { tested: Tested }) {
  const [, change] = useAddress();
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <StatusBadge status={tested.proof} label={texts.proof[tested.proof] ?? tested.proof} />
          <Text size="sm">{texts.passed(tested.passed, tested.tests)}</Text>
        </Group>
        <Button size="xs" variant="default" onClick={() => change({ show: "code", file: "test_bot.py" })}>
          {texts.edit}
        </Button>
      </Group>
      {tested.reason && (
        <Text size="sm" mb="sm" className="c32-break">
          {tested.reason}
        </Text>
      )}
      {tested.cases.length > 0 && <Cases cases={tested.cases} />}
    </Card>
  );
}

function findingLine({ file, line, message, severity }: Finding): string {
  const place = file ? `${file}${line ? `:${line}` : ""}: ` : "";
  return `${severity === "error" ? "" : `${severity}: `}${place}${message}`;
}
