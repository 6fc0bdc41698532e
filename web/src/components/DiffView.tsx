import { Text } from "@mantine/core";

import { common } from "../texts/common";

export interface FileChange {
  path: string;
  kind: string;
  unified: string | null;
}

const SIDES: Record<string, string> = { "+": "added", "-": "removed", "@": "place" };

/** Changed files as unified diffs. Lines say with a sign what their colour says, for those who cannot see it. */
export function DiffView({ files }: { files: readonly FileChange[] }) {
  if (files.length === 0) return <Text className="c32-dim">{common.unified.same}</Text>;
  return (
    <>
      {files.map((file) => (
        <div key={file.path} className="c32-diff">
          <div className="c32-diff-name">
            <b>{file.path}</b> <span className="c32-dim">{file.kind}</span>
          </div>
          {file.unified === null ? (
            <Text size="sm">{common.unified.binary}</Text>
          ) : (
            <pre tabIndex={0} aria-label={file.path} role="group">
              {lines(file.unified).map((line, number) => (
                <span key={number} data-side={SIDES[line[0] ?? ""]}>
                  {line + "\n"}
                </span>
              ))}
            </pre>
          )}
        </div>
      ))}
    </>
  );
}

/** Without the two lines that only repeat the file's name. */
function lines(unified: string): string[] {
  return unified
    .replace(/\n$/, "")
    .split("\n")
    .filter((line, number) => !(number < 2 && (line.startsWith("---") || line.startsWith("+++"))));
}
