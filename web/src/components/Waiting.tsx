import { common } from "../texts/common";

/** Holds the place of what is being loaded, in its size, so that nothing jumps when it comes. */
export function Waiting({ rows = 5, height = 44 }: { rows?: number; height?: number }) {
  return (
    <div className="c32-waiting" role="status">
      <span className="c32-unseen">{common.loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ height }} />
      ))}
    </div>
  );
}
