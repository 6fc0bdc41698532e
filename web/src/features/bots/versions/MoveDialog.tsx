import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { useMay } from "../../../api/rights";
import { Answered } from "../../../components/Answered";
import { ProblemNote } from "../../../components/ProblemNote";
import { common } from "../../../texts/common";
import { versions as texts } from "../../../texts/bots";
import * as queries from "../queries";
import { ManifestChanges } from "./ManifestChanges";

interface Props {
  botRef: string;
  title: string;
  action: string;
  /** Ids of what runs there now (none: nothing does) and of what will. */
  before: string | undefined;
  after: string;
  /** Shown where nothing ran before, instead of differences. */
  first?: ReactNode;
  children: ReactNode;
  /** Answers with a sentence of what came of it. */
  onMove: () => Promise<string>;
  onClose: () => void;
  /** It is done, and the dialog closed with it. */
  onMoved: (told: string) => void;
}

/**
 * Moves an environment to another version, once it is said what changes. What asks for more than what runs there now has to
 * be agreed to by somebody who may (`proposals:widen`).
 */
export function MoveDialog({ botRef, title, action, before, after, first, children, onMove, onClose, onMoved }: Props) {
  const may = useMay();
  const [agreed, setAgreed] = useState(false);
  const diff = useQuery({ ...queries.diff(botRef, before, after), enabled: before !== undefined });
  const move = useMutation({ mutationFn: onMove, onSuccess: onMoved });
  const widening = diff.data?.widening ?? false;
  const owner = may("proposals:widen");
  const ready = before === undefined || diff.data !== undefined;
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": common.close }}>
      <Stack>
        <Text size="sm">{children}</Text>
        {before === undefined ? (
          first
        ) : (
          <Answered query={diff} rows={2}>
            {(found) => (
              <>
                <ManifestChanges changes={found.manifest} />
                <Text size="sm">
                  {texts.promote.files(found.files.length)} <span className="c32-dim">{found.files.map((file) => file.path).join(", ")}</span>
                </Text>
              </>
            )}
          </Answered>
        )}
        {widening && owner && <Checkbox label={texts.promote.approve} checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />}
        {widening && !owner && <Alert color="yellow">{texts.promote.owner}</Alert>}
        {move.error && <ProblemNote error={move.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button loading={move.isPending} disabled={!ready || (widening && !(agreed && owner))} onClick={() => move.mutate()}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
