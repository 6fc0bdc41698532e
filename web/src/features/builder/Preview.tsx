import { VisuallyHidden } from "@mantine/core";

import { AddressTabs, type Tab } from "../../components/AddressTabs";
import { session as texts } from "../../texts/builder";
import { ChangesTab } from "./ChangesTab";
import { CodeTab } from "./CodeTab";
import { DocsTab } from "./DocsTab";
import type { Session } from "./documents";
import type { Thought } from "./follow";
import { Overview } from "./Overview";
import { PlanTab } from "./PlanTab";
import { TestsTab } from "./TestsTab";
import { UnderstoodTab } from "./UnderstoodTab";

/** The right side: the bot as far as there is one, each stage to be read and changed. */
export function Preview({ session, thoughts }: { session: Session; thoughts: readonly Thought[] }) {
  const tabs: Tab[] = [
    { value: "overview", label: texts.tabs.overview, panel: () => <Overview session={session} /> },
    { value: "understood", label: texts.tabs.understood, panel: () => <UnderstoodTab session={session} /> },
    { value: "plan", label: texts.tabs.plan, panel: () => <PlanTab session={session} /> },
    { value: "code", label: texts.tabs.code, panel: () => <CodeTab session={session} /> },
    { value: "tests", label: texts.tabs.tests, panel: () => <TestsTab session={session} thoughts={thoughts} /> },
    { value: "docs", label: texts.tabs.docs, panel: () => <DocsTab session={session} /> },
  ];
  if (session.changes) tabs.splice(1, 0, { value: "changes", label: texts.tabs.changes, panel: () => <ChangesTab session={session} /> });
  return (
    <section aria-label={texts.preview} className="c32-grow">
      <VisuallyHidden component="h2">{texts.preview}</VisuallyHidden>
      <AddressTabs label={texts.preview} name="show" tabs={tabs} />
    </section>
  );
}
