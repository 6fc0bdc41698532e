import { usePreferences } from "../api/preferences";
import { moment, relative } from "../format/moment";
import { useNow } from "./clock";

type Props = { at: string | null | undefined; style?: "full" | "short" | "day" | "time" | "relative" };

/** A time in the viewer's own zone; the exact moment is in `dateTime` and in the title. */
export function Moment({ at, style = "full" }: Props) {
  const { zone } = usePreferences();
  if (!at) return <span className="c32-dim">–</span>;
  if (style === "relative") return <Relative at={at} zone={zone} />;
  return (
    <time dateTime={at} title={at}>
      {moment(at, style, zone)}
    </time>
  );
}

function Relative({ at, zone }: { at: string; zone: string | undefined }) {
  return (
    <time dateTime={at} title={moment(at, "full", zone)}>
      {relative(at, useNow())}
    </time>
  );
}
