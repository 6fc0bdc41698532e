/** A time in the viewer's own zone; the exact moment is in `dateTime` and in the title. */
const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function Moment({ at }: { at: string | null }) {
  if (!at) return <span className="c32-dim">–</span>;
  return (
    <time dateTime={at} title={at}>
      {FORMAT.format(new Date(at))}
    </time>
  );
}
