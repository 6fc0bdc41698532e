import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { ProblemNote } from "../../components/ProblemNote";
import { common } from "../../texts/common";
import { session as texts } from "../../texts/builder";
import { nameOf, reviewOf, type Session } from "./documents";
import { refusalOf } from "./publishing";
import { secretNames, useDoing } from "./queries";
import { ofReview, touchesOf } from "./touches";
import { Wider } from "./Wider";

/** Publishing, after what the bot will be allowed to do was read. */
export function PublishButton({ session }: { session: Session }) {
  const may = useMay();
  const [opened, { open, close }] = useDisclosure();
  const [read, setRead] = useState(false);
  const publish = useDoing<undefined>(session.id, () => ["POST", "/publish"]);
  const propose = useDoing<undefined>(session.id, () => ["POST", "/propose"]);
  const known = useQuery(secretNames(may("secrets:read")));
  const review = reviewOf(session);
  if (session.status !== "reviewing" || session.dry_run || !review || session.proposal_id) return null;
  const wider = review.wider.length > 0;
  const refusal = refusalOf(Boolean(session.changes), wider, may);
  const asks = touchesOf(ofReview(review)).flatMap((touch) => touch.lines);
  const missing = review.secrets.filter(({ name, is_set: wasSet }) => !(known.data?.has(name) ?? wasSet)).map(({ name }) => name);
  return (
    <>
      <Group gap="xs">
        {session.changes && may("proposals:write") && (
          <Button variant="default" data-next={refusal ? true : undefined} loading={propose.isPending} onClick={() => propose.mutate(undefined)}>
            {texts.publish.propose}
          </Button>
        )}
        {refusal ? (
          <Text size="sm">{refusal}</Text>
        ) : (
          <Button data-next onClick={open}>{session.changes ? texts.publish.buttonChange : texts.publish.button}</Button>
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
