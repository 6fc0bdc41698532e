import { Card, Group, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

/** A part of a page with a heading of its own, so that it can be jumped to by ear and by eye. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="sm">
        <Title order={2} id={id}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Card>
  );
}
