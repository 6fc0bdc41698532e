import { Card, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** One number that matters, with its name; `to` leads to what it counts. */
export function Stat({ label, value, hint, to, search }: { label: string; value: ReactNode; hint?: ReactNode; to?: string; search?: Record<string, string> }) {
  return (
    <Card padding="sm" className="c32-stat">
      <Text size="sm" className="c32-dim">
        {to ? (
          <Link to={to} search={search} className="c32-link c32-cover">
            {label}
          </Link>
        ) : (
          label
        )}
      </Text>
      <Text className="c32-number">{value}</Text>
      {hint && (
        <Text size="xs" className="c32-dim" component="div">
          {hint}
        </Text>
      )}
    </Card>
  );
}
