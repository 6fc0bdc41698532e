import { Text } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { FileText } from "lucide-react";

import { call } from "../../api/client";
import { ConfirmButton } from "../../components/ConfirmButton";
import { DataTable, type Column } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { More } from "../../components/More";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { size, whole } from "../../format/size";
import { knowledge } from "../../texts/knowledge";
import { documents, type Document } from "./queries";
import { UploadBox } from "./UploadBox";

const texts = knowledge.document;

export function DocumentsPanel({ baseId, mayChange }: { baseId: string; mayChange: boolean }) {
  const list = useInfiniteQuery(documents(baseId));
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<Document>[] = [
    { key: "name", head: texts.name, cell: (one) => <NameCell document={one} /> },
    { key: "status", head: texts.status, cell: (one) => <StatusBadge status={one.status} label={progressOf(one)} /> },
    { key: "pieces", head: texts.pieces, align: "right", cell: (one) => whole(one.chunks) },
    { key: "size", head: texts.size, align: "right", cell: (one) => size(one.size) },
    { key: "changed", head: texts.changed, wide: true, cell: (one) => <Moment at={one.updated_at} style="relative" /> },
  ];
  if (mayChange) columns.push({ key: "remove", head: "", align: "right", cell: (one) => <RemoveButton baseId={baseId} document={one} /> });
  return (
    <>
      {mayChange && <UploadBox baseId={baseId} />}
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={4} />}
      {list.isSuccess && rows.length === 0 && (
        <EmptyState icon={FileText} title={texts.empty}>
          {texts.emptyText}
        </EmptyState>
      )}
      {rows.length > 0 && <DataTable label={knowledge.documents} columns={columns} rows={rows} rowKey={(one) => one.id} />}
      <More of={list} />
    </>
  );
}

function progressOf(document: Document): string | undefined {
  return document.status === "indexing" && document.chunks > 0 ? `${document.embedded} / ${document.chunks}` : undefined;
}

function NameCell({ document }: { document: Document }) {
  return (
    <>
      <span className="c32-break">{document.name}</span>
      {document.error && (
        <Text size="xs" c="var(--mantine-color-error)">
          {document.error}
        </Text>
      )}
    </>
  );
}

function RemoveButton({ baseId, document }: { baseId: string; document: Document }) {
  const client = useQueryClient();
  return (
    <ConfirmButton
      size="compact-xs"
      label={texts.remove}
      action={texts.remove}
      title={texts.removeTitle}
      onConfirm={async () => {
        await call(`/knowledge/${baseId}/documents/${document.id}`, { method: "DELETE" });
        await client.invalidateQueries({ queryKey: ["knowledge"] });
      }}
    >
      <b className="c32-break">{document.name}</b>. {texts.removeText}
    </ConfirmButton>
  );
}
