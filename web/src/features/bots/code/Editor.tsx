import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import type { Schemas, Version } from "../../../api/types";
import { CodeEditor } from "../../../components/code/CodeEditor";
import { ProblemNote } from "../../../components/ProblemNote";
import { ConfirmButton } from "../../../components/ConfirmButton";
import { useAddress } from "../../../components/useAddress";
import { code as texts } from "../../../texts/bots";
import * as queries from "../queries";
import { Diagnostics } from "./Diagnostics";
import { changesOf, openedFirst, pathsOf, textOf, textsOf, typed, without, forgotten, type Draft, type StoredFile } from "./draft";
import { FileTabs } from "./FileTabs";
import { LeaveGuard } from "./LeaveGuard";
import { marksOf, type Diagnostic } from "./marks";
import { save } from "./saving";
import { wordsOf } from "./words";

const PAUSE_MS = 600;
const NOTHING_SAID: Diagnostic[] = [];

interface Props {
  botRef: string;
  version: Version;
  files: readonly StoredFile[];
  editable: boolean;
  onSaved: (deployed: Schemas["DeployedView"]) => void;
}

/** The files of one version as tabs, with what checks say of them while somebody writes. */
export function Editor({ botRef, version, files, editable, onSaved }: Props) {
  const [address, change] = useAddress();
  const [draft, setDraft] = useState<Draft>({});
  const [message, setMessage] = useState("");
  const paths = pathsOf(files, draft);
  const file = openedFirst(paths, address.file, version.entry);
  const text = textOf(files, draft, file);
  const contents = useMemo(() => textsOf(files, draft), [files, draft]);
  const [settled] = useDebouncedValue(contents, PAUSE_MS);
  const checked = useQuery(queries.check(settled, editable));
  const schema = useQuery({ ...queries.manifestSchema(), enabled: editable });
  const words = useMemo(() => wordsOf(schema.data), [schema.data]);
  const said = checked.data?.diagnostics ?? NOTHING_SAID;
  const marks = useMemo(() => marksOf(said, file), [said, file]);
  const changes = changesOf(files, draft);
  const saving = useMutation({
    mutationFn: () => save(botRef, version.id, files, draft, message),
    onSuccess: (deployed) => {
      setDraft({});
      onSaved(deployed);
    },
  });
  function store() {
    if (editable && changes.length > 0 && !saving.isPending) saving.mutate();
  }
  const open = (path: string) => change({ file: path === version.entry ? "" : path });

  function add(path: string) {
    setDraft(typed(files, draft, path, ""));
    open(path);
  }

  return (
    <Stack gap="sm">
      <LeaveGuard when={changes.length > 0 && !saving.isPending} />
      <FileTabs
        paths={paths}
        chosen={file}
        changes={changes}
        diagnostics={said}
        editable={editable}
        onChoose={open}
        onAdd={add}
        onRemove={(path) => setDraft(draft[path] === null ? forgotten(draft, path) : without(files, draft, path))}
      >
        {text === null ? (
          <Text className="c32-dim" py="md">
            {texts.binary}{" "}
            <a className="c32-link" download href={`/api/v1/bots/${botRef}/versions/${version.id}/files/${file.split("/").map(encodeURIComponent).join("/")}`}>
              {texts.download}
            </a>
          </Text>
        ) : (
          <>
            <CodeEditor
              key={file}
              label={file}
              value={text}
              language={file.endsWith(".py") ? "python" : "text"}
              readOnly={!editable || draft[file] === null}
              marks={marks}
              words={words}
              minHeight="24rem"
              onChange={(next) => setDraft((present) => typed(files, present, file, next))}
              onSave={store}
            />
            {editable && (
              <Text size="xs" className="c32-dim" mt={4}>
                {texts.keys}
              </Text>
            )}
          </>
        )}
      </FileTabs>
      {editable && changes.length > 0 && (
        <form
          className="c32-savebar"
          onSubmit={(event) => {
            event.preventDefault();
            store();
          }}
        >
          <Text size="sm" role="status">
            {texts.unsaved(changes.length)}
          </Text>
          <Group gap="xs" align="flex-end">
            <TextInput label={texts.message} placeholder={texts.messageHint} maxLength={500} value={message} onChange={(event) => setMessage(event.currentTarget.value)} />
            <Button type="submit" loading={saving.isPending}>
              {texts.save}
            </Button>
            <ConfirmButton
              label={texts.discard}
              title={texts.discardTitle}
              action={texts.discard}
              onConfirm={() => {
                setDraft({});
                return Promise.resolve();
              }}
            >
              {texts.discardText}
            </ConfirmButton>
          </Group>
        </form>
      )}
      {saving.error && <ProblemNote error={saving.error} />}
      {editable && <Diagnostics checked={checked} onOpen={(path) => paths.includes(path) && open(path)} />}
    </Stack>
  );
}
