import { Group, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

import { common } from "../texts/common";

interface Props {
  title: string;
  /** Stands before the title: where this page belongs, as links. */
  above?: ReactNode;
  badge?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
}

/** The head of every page: its one `h1`, what it is about, and what can be done here. */
export function PageHead({ title, above, badge, about, actions }: Props) {
  useDocumentTitle(common.pageOf(title));
  return (
    <header className="c32-head">
      <div className="c32-head-words">
        {above && (
          <Text size="sm" className="c32-dim" component="div">
            {above}
          </Text>
        )}
        <Group gap="sm">
          <Title order={1} className="c32-break">
            {title}
          </Title>
          {badge}
        </Group>
        {about && (
          <Text size="sm" className="c32-dim" component="div">
            {about}
          </Text>
        )}
      </div>
      {actions && <Group gap="xs">{actions}</Group>}
    </header>
  );
}
