import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { ProblemNote } from "../../components/ProblemNote";
import { common } from "../../texts/common";
import { session as texts } from "../../texts/builder";
import { nameOf, reviewOf, type Session } from "./documents";
import { useDoing } from "./queries";
import { ofReview, touchesOf } from "./touches";
import { Wider } from "./Wider";

/** Why this person cannot publish it; undefined where they can. */
function refusalOf(session: Session, wider: boolean, may: (scope: string) => boolean): string | undefined {
  if (!may("bots:write") || (session.changes && !may("proposals:write"))) return texts.publish.may;
  return session.changes && wider && !may("proposals:widen") ? texts.wider.needs : undefined;
}

/** Publishing, after what the bot will be allowed to do was read. */
export function PublishButton({ session }: { session: Session }) {
  const may = useMay();
  const [opened, { open, close }] = useDisclosure();
  const [read, setRead] = useState(false);
  const publish = useDoing<undefined>(session.id, () => ["POST", "/publish"]);
  const propose = useDoing<undefined>(session.id, () => ["POST", "/propose"]);
  const review = reviewOf(session);
  if (session.status !== "reviewing" || session.dry_run || !review || session.proposal_id) return null;
  const wider = review.wider.length > 0;
  const refusal = refusalOf(session, wider, may);
  const asks = touchesOf(ofReview(review)).flatMap((touch) => touch.lines);
  const missing = session.missing_secrets;
  return (
    <>
      <Group gap="xs">
        {session.changes && may("proposals:write") && (
          <Button variant="default" loading={propose.isPending} onClick={() => propose.mutate(undefined)}>
            {texts.publish.propose}
          </Button>
        )}
        {refusal ? (
          <Text size="sm">{refusal}</Text>
        ) : (
          <Button onClick={open}>{session.changes ? texts.publish.buttonChange : texts.publish.button}</Button>
        )}
      </Group>
      {propose.error && <ProblemNote error={propose.error} />}
      <Modal opened={opened} onClose={close} title={texts.publish.title(nameOf(session) ?? "")} closeButtonProps={{ "aria-label": common.close }}>
        <Stack gap="sm">
          <Text size="sm">{session.changes ? texts.publish.introChange : texts.publish.intro}</Text>
          <ul className="c32-lines">
            {asks.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <Wider lines={review.wider} title={texts.publish.more} />
          {missing.length > 0 && <Text size="sm">{texts.publish.missing(missing.join(", "))}</Text>}
          <Checkbox label={texts.publish.read} checked={read} onChange={(event) => setRead(event.currentTarget.checked)} />
          {publish.error && <ProblemNote error={publish.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {common.cancel}
            </Button>
            <Button loading={publish.isPending} disabled={!read} onClick={() => publish.mutate(undefined)}>
              {texts.publish.action}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
