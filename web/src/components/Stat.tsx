import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** One number that matters, with its name; `to` leads to what it counts. */
export function Stat({ label, value, hint, to, search }: { label: string; value: ReactNode; hint?: ReactNode; to?: string; search?: Record<string, string> }) {
  return (
    <div className="c32-card c32-stat">
      <div className="c32-stat-name">
        {to ? (
          <Link to={to} search={search} className="c32-link c32-cover">
            {label}
          </Link>
        ) : (
          label
        )}
      </div>
      <div className="c32-number">{value}</div>
      {hint && <div className="c32-stat-hint">{hint}</div>}
    </div>
  );
}
