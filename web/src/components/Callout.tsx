import { Text } from "@mantine/core";
import { useId, type ReactNode } from "react";

interface Props {
  title: string;
  tone: "good" | "bad" | "busy" | "warn" | "quiet" | "main";
  children?: ReactNode;
}

/** Something on a page that must not be missed, set apart by an edge and a ground of its tone; its title says what the tone says. */
export function Callout({ title, tone, children }: Props) {
  const id = useId();
  return (
    <div className="c32-callout" data-tone={tone} role="group" aria-labelledby={id}>
      <Text fw={600} size="sm" id={id}>
        {title}
      </Text>
      {children}
    </div>
  );
}
