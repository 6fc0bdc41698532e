import { Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";

import type { Schemas } from "../../../api/types";
import { ProblemNote } from "../../../components/ProblemNote";
import { StatusBadge } from "../../../components/StatusBadge";
import { code as texts } from "../../../texts/bots";

const TONES = { error: "bad", warning: "warn", note: "quiet" } as const;
const MOST = 50;

/** The list below the editor: what its marks say, for those who do not see them and for files that are not open. */
export function Diagnostics({ checked, onOpen }: { checked: UseQueryResult<Schemas["CheckedView"]>; onOpen: (path: string) => void }) {
  const found = checked.data;
  return (
    <section aria-label={texts.diagnostics} className="c32-diagnostics">
      <Text size="sm" role="status" className="c32-dim">
        {checked.isFetching ? texts.checking : found && (found.deployable ? found.diagnostics.length === 0 && texts.clean : texts.cannot)}
      </Text>
      {checked.error && <ProblemNote error={checked.error} />}
      <ul>
        {found?.diagnostics.slice(0, MOST).map((one, index) => (
          <li key={index}>
            <StatusBadge status={one.severity} tone={TONES[one.severity]} />
            <span>
              {one.message}{" "}
              <button type="button" className="c32-textbutton" onClick={() => onOpen(one.file)}>
                {texts.place(one.file, one.line)}
              </button>
            </span>
          </li>
        ))}
      </ul>
      {found && found.skipped.length > 0 && (
        <Text size="xs" className="c32-dim">
          {texts.skipped}: {found.skipped.join("; ")}
        </Text>
      )}
    </section>
  );
}
