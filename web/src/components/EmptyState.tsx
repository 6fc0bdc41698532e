import { Stack, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** What a page shows while there is nothing: what would be here, and how the first one comes. */
export function EmptyState({ icon: Icon, title, children, action }: { icon?: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" className="c32-empty">
      {Icon && <Icon size={36} strokeWidth={1.25} aria-hidden />}
      <Text fw={600} ta="center">
        {title}
      </Text>
      {children && (
        <Text size="sm" className="c32-dim" ta="center" maw="34rem" component="div">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}
