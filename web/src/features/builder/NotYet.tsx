import { Text } from "@mantine/core";

import { Waiting } from "../../components/Waiting";
import type { Session } from "./documents";

/** In the place of a document that is not there: it comes while the session works, and does not while it rests. */
export function NotYet({ session, text }: { session: Session; text: string }) {
  return (
    <>
      <Text size="sm" className="c32-dim" mb="sm">
        {text}
      </Text>
      {session.status === "working" && <Waiting rows={4} height={28} />}
    </>
  );
}
