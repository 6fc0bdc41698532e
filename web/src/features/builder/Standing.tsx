import { Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { useMay } from "../../api/rights";
import { Outcome } from "../../components/Outcome";
import { ProblemNote } from "../../components/ProblemNote";
import { useAddress } from "../../components/useAddress";
import { useReady } from "../../components/useReady";
import { Words } from "../../components/Words";
import { session as texts } from "../../texts/builder";
import { documentOf, rowOf, type Session } from "./documents";
import { useSay } from "./queries";

const MORE_ROUNDS = 3;
/** Dollars that are proposed at least where the money is used up: one call may cost some cents. */
const LEAST_MORE = 0.1;

/** Why a session does not go on, and what makes it go on. */
export function Standing({ session }: { session: Session }) {
  const { status, error } = session;
  return (
    <>
      {status === "refused" && (
        <Note title={texts.refused.title} tone="bad">
          <Text size="sm" className="c32-break">
            <Words text={error ?? ""} />
          </Text>
          <Text size="sm">{texts.refused.hint}</Text>
        </Note>
      )}
      {status === "failed" && <Failed session={session} />}
      {session.offer && <Offer session={session} offer={session.offer} />}
      <Outcome text={status === "cancelled" ? texts.cancelled : ""} tone="quiet" />
    </>
  );
}

function Note({ title, tone, children }: { title: string; tone: string; children: ReactNode }) {
  const place = useReady<HTMLDivElement>("button");
  return (
    <div className="c32-turn-card" data-tone={tone} role={tone === "bad" ? "alert" : undefined} ref={place}>
      <Text fw={600} size="sm" component="h3">
        {title}
      </Text>
      {children}
    </div>
  );
}

function Failed({ session }: { session: Session }) {
  const may = useMay();
  const say = useSay(session.id);
  const [, change] = useAddress();
  const { error_code: code, max_rounds: rounds } = session;
  const ofModels = code?.startsWith("models_") || (code === "given_up" && session.engine === "models");
  return (
    <Note title={code === "given_up" && ofModels ? texts.failed.away : (texts.failed.titles[code ?? ""] ?? texts.failed.title)} tone="bad">
      <Stack gap="sm">
        {reasonsOf(session).map((reason) => (
          <Text size="sm" className="c32-reason" key={reason}>
            <Words text={reason} />
          </Text>
        ))}
        {may("builder:write") && (
          <>
            {code === "budget_used_up" && <Allowance session={session} label={texts.failed.budget} action={texts.failed.allow} more />}
            <Group gap="xs">
              {code === "rounds_used_up" ? (
                <Button size="xs" loading={say.isPending} onClick={() => say.mutate({ max_rounds: Math.min(10, rounds + MORE_ROUNDS) })}>
                  {texts.failed.rounds(MORE_ROUNDS)}
                </Button>
              ) : (
                code !== "budget_used_up" && (
                  <Button size="xs" variant={ofModels ? "filled" : "default"} loading={say.isPending} onClick={() => say.mutate({})}>
                    {ofModels ? texts.failed.again : texts.failed.resume}
                  </Button>
                )
              )}
              {ofModels && (
                <Button size="xs" variant="default" renderRoot={(props) => <Link to="/settings/$section" params={{ section: "models" }} {...props} />}>
                  {texts.failed.models}
                </Button>
              )}
              {session.engine === "models" && !documentOf(session, "code") && (
                <Button size="xs" variant="default" loading={say.isPending} onClick={() => say.mutate({ engine: "recipes" })}>
                  {texts.failed.recipes}
                </Button>
              )}
              {documentOf(session, "code") && (
                <Button size="xs" variant="default" onClick={() => change({ show: "code" })}>
                  {texts.failed.edit}
                </Button>
              )}
            </Group>
          </>
        )}
        {say.error && <ProblemNote error={say.error} />}
      </Stack>
    </Note>
  );
}

/** What the session says of it, and what the stage says where the session only says that it was given up. */
function reasonsOf(session: Session): string[] {
  const stage = session.at ? rowOf(session, session.at)?.error : undefined;
  const said = session.error ?? "";
  return stage && !said.includes(stage) && !stage.includes(said) ? [stage, said] : [said];
}

function Offer({ session, offer }: { session: Session; offer: NonNullable<Session["offer"]> }) {
  const may = useMay();
  return (
    <Note title={texts.offer.title} tone="main">
      <Text size="sm">
        <Words text={offer.says} />
      </Text>
      {may("builder:write") && <Allowance session={session} label={texts.offer.budget} action={texts.offer.take} engine={offer.engine} />}
    </Note>
  );
}

interface AllowanceProps {
  session: Session;
  label: string;
  action: string;
  engine?: "models";
  /** What there was is used up: more is proposed. */
  more?: boolean;
}

/** How much may be spent, and going on with it. */
function Allowance({ session, label, action, engine, more = false }: AllowanceProps) {
  const say = useSay(session.id);
  const present = session.budget_usd ? Number(session.budget_usd) : "";
  const [budget, setBudget] = useState(more && present !== "" ? Math.max(2 * present, LEAST_MORE) : present);
  return (
    <>
      <Group gap="xs" align="flex-end" mt="xs">
        <NumberInput size="xs" label={label} min={0.01} max={1000} decimalScale={4} value={budget} onChange={(value) => setBudget(value)} />
        <Button
          size="xs"
          loading={say.isPending}
          onClick={() => say.mutate({ ...(engine ? { engine } : {}), ...(budget === "" ? {} : { budget_usd: String(budget) }) })}
        >
          {action}
        </Button>
      </Group>
      {say.error && <ProblemNote error={say.error} />}
    </>
  );
}
