import "./knowledge.css";

import { Button, Card, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BookOpen, Plus } from "lucide-react";

import { useMay } from "../../api/rights";
import { EmptyState } from "../../components/EmptyState";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { ProblemNote } from "../../components/ProblemNote";
import { StatusBadge } from "../../components/StatusBadge";
import { Waiting } from "../../components/Waiting";
import { size, whole } from "../../format/size";
import { common } from "../../texts/common";
import { knowledge as texts } from "../../texts/knowledge";
import { BaseForm } from "./BaseForm";
import { bases, type Base } from "./queries";

export function KnowledgePage() {
  const list = useInfiniteQuery(bases());
  const may = useMay();
  const [adding, { open, close }] = useDisclosure();
  const create = may("knowledge:write") && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
      {texts.create}
    </Button>
  );
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHead title={texts.title} about={texts.about} actions={items.length > 0 && create} />
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={3} height={96} />}
      {list.isSuccess && items.length === 0 && (
        <EmptyState icon={BookOpen} title={texts.empty} action={create}>
          {texts.emptyText}
        </EmptyState>
      )}
      <ul className="c32-bases">
        {items.map((base) => (
          <BaseCard base={base} key={base.id} />
        ))}
      </ul>
      <More of={list} />
      <Modal opened={adding} onClose={close} title={texts.create} closeButtonProps={{ "aria-label": common.close }}>
        <BaseForm />
      </Modal>
    </>
  );
}

function BaseCard({ base }: { base: Base }) {
  return (
    <Card component="li" className="c32-stat">
      <div className="c32-between">
        <Link to="/knowledge/$baseId" params={{ baseId: base.id }} className="c32-link c32-cover c32-break">
          {base.name}
        </Link>
        <BaseState base={base} />
      </div>
      <Text size="sm" className="c32-dim" lineClamp={2}>
        {base.description}
      </Text>
      <Text size="sm" mt="xs">
        {whole(base.documents)} {texts.documents.toLowerCase()} · {whole(base.chunks)} {texts.chunks.toLowerCase()} · {size(base.bytes)}
      </Text>
    </Card>
  );
}

export function BaseState({ base }: { base: Base }) {
  if (base.failed > 0) return <StatusBadge status="failed" label={texts.failed(base.failed)} />;
  if (base.pending > 0) return <StatusBadge status="indexing" label={texts.pending(base.pending)} />;
  if (base.building) return <StatusBadge status="building" label={texts.building(`${base.building.chunks_done} / ${base.chunks}`)} />;
  return null;
}
