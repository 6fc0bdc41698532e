import type { ReactNode } from "react";

import "./pairs.css";

/** Names and what is known by them. A pair without a value (null, undefined, false) is left out. */
export function Pairs({ rows }: { rows: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="c32-pairs">
      {rows.map(
        ([name, value]) =>
          value !== null &&
          value !== undefined &&
          value !== false && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
