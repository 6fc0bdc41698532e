import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { CodeEditor } from "../../components/code/CodeEditor";
import { useAddress } from "../../components/useAddress";
import { session as texts } from "../../texts/builder";
import { check } from "../bots/queries";
import { documentOf, isOver, rowOf, type Session, type Written } from "./documents";
import { Lines } from "./Lines";
import { marksOf, marksOfDiagnosis } from "./marks";
import { NotYet } from "./NotYet";
import { inOrder } from "./order";
import * as queries from "./queries";
import { SaveBar } from "./SaveBar";

/** The bot's files, with what the checks found in their place; saved, they are checked and tested like any other. */
export function CodeTab({ session }: { session: Session }) {
  const written = documentOf(session, "code");
  const row = rowOf(session, "code");
  if (!written || !row) return <NotYet session={session} text={texts.notYet.code} />;
  return <Files session={session} written={written} key={row.number} />;
}

/** Typing is looked at when it pauses. */
const PAUSE_MS = 400;

function Files({ session, written }: { session: Session; written: Written }) {
  const may = useMay();
  const [address, change] = useAddress();
  const [files, setFiles] = useState(written.files);
  const edit = queries.useEdit(session.id, "code");
  const paths = inOrder(Object.keys(written.files), (one) => one);
  const path = paths.find((one) => one === address.file) ?? paths[0] ?? "";
  const changed = paths.some((one) => files[one] !== written.files[one]);
  const locked = isOver(session) || !may("builder:write");
  const [typed] = useDebouncedValue(files, PAUSE_MS);
  const diagnosis = useQuery(check(typed, changed && !locked));
  const said = changed ? (diagnosis.data?.diagnostics ?? []) : [];
  const save = () => changed && edit.mutate({ ...written, files });
  return (
    <Stack gap="sm">
      <div className="c32-scroll">
        <SegmentedControl
          aria-label={texts.edit.files}
          size="xs"
          data={paths}
          value={path}
          onChange={(chosen) => change({ file: chosen === paths[0] ? "" : chosen })}
        />
      </div>
      {changed && <SaveBar busy={edit.isPending} error={edit.error} onSave={save} onDiscard={() => setFiles(written.files)} />}
      {rowOf(session, "code")?.edited_by && !changed && (
        <Text size="sm" className="c32-dim">
          {texts.edit.byHand}
        </Text>
      )}
      <CodeEditor
        key={path}
        label={texts.edit.code(path)}
        language={path.endsWith(".py") ? "python" : "text"}
        value={files[path] ?? ""}
        onChange={(text) => setFiles((present) => ({ ...present, [path]: text }))}
        readOnly={locked}
        marks={changed ? marksOfDiagnosis(said, path) : marksOf(session, path)}
        onSave={save}
      />
      <Lines title={texts.edit.said} items={said.map(({ file, line, message }) => `${file}${line ? `:${line}` : ""}: ${message}`)} />
      <Lines title={texts.overview.notes} items={written.notes} />
    </Stack>
  );
}
