import { Button, Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download, Eye, EyeOff } from "lucide-react";
import { useState } from "react";

import { ApiError } from "../../../api/client";
import type { Run } from "../../../api/types";
import { Answered } from "../../../components/Answered";
import { run as texts } from "../../../texts/runs";
import { size, whole } from "../../../format/size";
import { cells, kindOf, mostOf, pictureType, pretty, type Kind } from "./preview";

type File = Run["files"][number];
const words = texts.preview;

/** Files of a run: a download each, and of those that can be shown safely a look inside; into that of the name `first` at once. */
export function Artefacts({ runId, files, first }: { runId: string; files: readonly Pick<File, "name" | "size">[]; first?: string | undefined }) {
  return (
    <ul className="c32-files">
      {files.map((file) => (
        <Artefact runId={runId} file={file} opened={file.name === first} key={file.name} />
      ))}
    </ul>
  );
}

function Artefact({ runId, file, opened }: { runId: string; file: Pick<File, "name" | "size">; opened: boolean }) {
  const [open, setOpen] = useState(opened);
  const path = `/api/v1/runs/${runId}/files/${file.name.split("/").map(encodeURIComponent).join("/")}`;
  const kind = kindOf(file.name);
  const small = kind !== undefined && file.size <= mostOf(kind);
  return (
    <li>
      <Group gap="xs" justify="space-between">
        <span className="c32-break">
          {file.name} <span className="c32-dim">{size(file.size)}</span>
        </span>
        <Group gap="xs">
          {small && (
            <Button
              size="compact-sm"
              variant="default"
              aria-expanded={open}
              aria-label={`${open ? words.hide : words.show} ${file.name}`}
              leftSection={open ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
              onClick={() => setOpen(!open)}
            >
              {open ? words.hide : words.show}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            component="a"
            download
            href={path}
            aria-label={`${words.download} ${file.name}`}
            leftSection={<Download size={14} aria-hidden />}
          >
            {words.download}
          </Button>
        </Group>
      </Group>
      {open && kind && <Preview path={path} name={file.name} kind={kind} />}
    </li>
  );
}

/** The content as text, or a picture as a data URL of a type that holds no script: never as a document. */
async function content(path: string, name: string, kind: Kind): Promise<string> {
  const response = await fetch(path, { credentials: "same-origin" });
  if (!response.ok) {
    throw new ApiError({ code: "file", title: response.statusText, detail: `The server answered ${response.status}.`, status: response.status });
  }
  if (kind !== "picture") return response.text();
  const bytes = await response.arrayBuffer();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error(name));
    reader.readAsDataURL(new Blob([bytes], { type: pictureType(name) }));
  });
}

function Preview({ path, name, kind }: { path: string; name: string; kind: Kind }) {
  const found = useQuery({ queryKey: ["file", path], queryFn: () => content(path, name, kind), staleTime: Infinity, gcTime: 0 });
  return (
    <Answered query={found} rows={3}>
      {(text) => {
        if (kind === "picture") return <img className="c32-picture" src={text} alt={words.picture(name)} />;
        if (kind === "table") return <Cells text={text} name={name} />;
        return (
          <pre className="c32-pre" tabIndex={0} role="group" aria-label={name}>
            {kind === "json" ? pretty(text) : text}
          </pre>
        );
      }}
    </Answered>
  );
}

function Cells({ text, name }: { text: string; name: string }) {
  const [head = [], ...rows] = cells(text);
  return (
    <div className="c32-cells" tabIndex={0} role="group" aria-label={name}>
      <Table aria-label={name}>
        <Table.Thead>
          <Table.Tr>
            {head.map((cell, at) => (
              <Table.Th key={at}>{cell}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, at) => (
            <Table.Tr key={at}>
              {row.map((cell, column) => (
                <Table.Td key={column}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length >= 199 && <Text size="sm">{words.cut(whole(rows.length))}</Text>}
    </div>
  );
}
