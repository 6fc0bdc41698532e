import { Stack } from "@mantine/core";

import { DiffView } from "../../components/DiffView";
import { session as texts } from "../../texts/builder";
import { reviewOf, type Session } from "./documents";
import { NotYet } from "./NotYet";
import { inOrder } from "./order";
import { Wider } from "./Wider";

/** How code, manifest and tests differ from the bot that is changed; what it asks for more is set apart. */
export function ChangesTab({ session }: { session: Session }) {
  const review = reviewOf(session);
  if (!review) return <NotYet session={session} text={texts.notYet.changes} />;
  return (
    <Stack gap="md">
      <Wider lines={review.wider} />
      <div>
        <DiffView files={inOrder(review.changes, (one) => one.path).map(({ path, change, diff }) => ({ path, kind: change, unified: diff }))} />
      </div>
    </Stack>
  );
}
