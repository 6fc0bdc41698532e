import { Callout } from "../../components/Callout";
import { session } from "../../texts/builder";

const { wider: texts } = session;

/** What a change would let the bot do that it may not do now; nothing where it is nothing. */
export function Wider({ lines, title = texts.title }: { lines: readonly string[]; title?: string }) {
  if (lines.length === 0) return null;
  return (
    <Callout title={title} tone="warn">
      <ul className="c32-lines">
        {lines.map((line) => (
          <li key={line}>{texts.line(line)}</li>
        ))}
      </ul>
    </Callout>
  );
}
