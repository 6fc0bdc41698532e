import { Button, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { lazy, Suspense } from "react";

import { call } from "../../api/client";
import { fileOf } from "../../api/files";
import { useMay } from "../../api/rights";
import { hasEnded, type Run } from "../../api/types";
import { ConfirmButton } from "../../components/ConfirmButton";
import { ProblemNote } from "../../components/ProblemNote";
import { useOpening } from "../../components/useOpening";
import { run as texts } from "../../texts/runs";

const AgainForm = lazy(fileOf(() => import("./AgainForm")));

/** What can be done with a run: end it while it goes on, and when it has ended begin it anew. */
export function RunActions({ run }: { run: Run }) {
  const may = useMay()("runs:write");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [editing, open, close] = useOpening();
  const again = useMutation({
    mutationFn: () => call<Run>(`/runs/${run.id}/retry`, { method: "POST", body: {} }),
    onSuccess: (next) => navigate({ to: "/runs/$runId", params: { runId: next.id } }),
  });
  const cancel = async () => {
    client.setQueryData(["run", run.id], await call<Run>(`/runs/${run.id}/cancel`, { method: "POST", body: {} }));
  };
  if (!may) {
    return (
      <Tooltip label={texts.mayNot}>
        <Button variant="default" data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
          {texts.again}
        </Button>
      </Tooltip>
    );
  }
  if (!hasEnded(run.status)) {
    return (
      <ConfirmButton label={texts.cancel} title={texts.cancelTitle} action={texts.cancelNow} onConfirm={cancel} disabled={run.cancel_requested_at !== null}>
        {texts.cancelText}
      </ConfirmButton>
    );
  }
  return (
    <>
      <Button variant={run.error?.code === "bot_error" ? "filled" : "default"} onClick={open}>
        {texts.againEdited}
      </Button>
      <Button leftSection={<RotateCw size={16} aria-hidden />} loading={again.isPending} onClick={() => again.mutate()}>
        {texts.again}
      </Button>
      {again.error && <ProblemNote error={again.error} />}
      <Suspense>{editing && <AgainForm run={run} onClose={close} />}</Suspense>
    </>
  );
}
