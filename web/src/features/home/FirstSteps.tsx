import { Button, Group, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck } from "lucide-react";

import { preferences, usePreferences } from "../../api/preferences";
import { Section } from "../../components/Section";
import { steps as texts } from "../../texts/home";
import { anyBot, anyModel, anyRun, anySchedule, anyWebhook } from "./queries";

interface Step {
  title: string;
  text: string;
  done: boolean;
  to: string;
  search?: Record<string, string>;
}

/** Shown until what matters is done, or until somebody hides it. */
export function FirstSteps() {
  const { firstStepsHidden } = usePreferences();
  return firstStepsHidden ? null : <Steps />;
}

/** Whether it is known which steps are done; until then a page that shows them would move when they come. A model is no step that hides them. */
export function useStepsKnown(): boolean {
  const { firstStepsHidden } = usePreferences();
  const asked = useQueries({ queries: [anyBot(), anyRun(), anySchedule(), anyWebhook(), anyModel()].map((one) => ({ ...one, enabled: !firstStepsHidden })) });
  return firstStepsHidden === true || asked.slice(0, -1).every((one) => !one.isPending);
}

function Steps() {
  const [bot, run, schedule, webhook, model] = useQueries({ queries: [anyBot(), anyRun(), anySchedule(), anyWebhook(), anyModel()] });
  // Until all is known nothing is shown: steps that are done would only flash.
  if ([bot, run, schedule, webhook].some((one) => one.isPending)) return null;
  const needed: Step[] = [
    { ...texts.bot, done: bot.data === true, to: "/build" },
    { ...texts.run, done: run.data === true, to: "/bots" },
    { ...texts.trigger, done: schedule.data === true || webhook.data === true, to: "/triggers", search: { new: "schedule" } },
  ];
  const done = needed.filter((step) => step.done).length;
  if (done === needed.length) return null;
  const all = [...needed, { ...texts.model, done: model.data === true, to: "/settings/models" }];
  return (
    <Section
      title={texts.title}
      actions={
        <Group gap="sm">
          <Text size="sm" className="c32-dim" role="status">
            {texts.progress(done, needed.length)}
          </Text>
          <Button size="compact-sm" variant="subtle" onClick={() => preferences.set({ firstStepsHidden: true })}>
            {texts.hide}
          </Button>
        </Group>
      }
    >
      <ol className="c32-steps">
        {all.map((step) => (
          <li key={step.title} data-tone={step.done ? "good" : "quiet"}>
            {step.done ? <CircleCheck size={20} role="img" aria-label={texts.done} /> : <Circle size={20} role="img" aria-label={texts.open} />}
            <div>
              {step.done ? (
                <b>{step.title}</b>
              ) : (
                <Link className="c32-link" to={step.to} search={step.search}>
                  <b>{step.title}</b>
                </Link>
              )}
              <div className="c32-dim">{step.text}</div>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
