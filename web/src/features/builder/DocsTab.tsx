import { Card } from "@mantine/core";
import { lazy, Suspense } from "react";

import { fileOf } from "../../api/files";
import { Waiting } from "../../components/Waiting";
import { session as texts } from "../../texts/builder";
import { documentOf, type Session } from "./documents";
import { NotYet } from "./NotYet";

const Markdown = lazy(fileOf(() => import("../../components/Markdown")));

/** The bot's page. */
export function DocsTab({ session }: { session: Session }) {
  const readme = documentOf(session, "code")?.files["README.md"];
  if (!readme) return <NotYet session={session} text={texts.notYet.docs} />;
  return (
    <Card>
      <Suspense fallback={<Waiting />}>
        <Markdown text={lowered(readme)} />
      </Suspense>
    </Card>
  );
}

/** Its headings below those of the page it is shown on. */
function lowered(text: string): string {
  return text.replace(/^(#{1,4}) /gm, "##$1 ");
}
