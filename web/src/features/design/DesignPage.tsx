import { SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense } from "react";

import { fileOf } from "../../api/files";
import { PageHead } from "../../components/PageHead";
import { Waiting } from "../../components/Waiting";
import { design as texts } from "../../texts/design";
import { shell } from "../../texts/shell";
import { ActionSamples, FeedbackSamples, FieldSamples, NumberSamples, StateSamples } from "./samples";

const DataSamples = lazy(fileOf(() => import("./DataSamples")));

/** The design system: one look at everything that pages are made of. */
export function DesignPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <PageHead
        title={texts.title}
        about={texts.about}
        actions={
          <SegmentedControl
            aria-label={shell.scheme.label}
            value={colorScheme}
            onChange={setColorScheme}
            data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: shell.scheme[value] }))}
          />
        }
      />
      <Text size="sm" mb="md">
        {texts.both}
      </Text>
      <Stack>
        <StateSamples />
        <NumberSamples />
        <ActionSamples />
        <FieldSamples />
        <FeedbackSamples />
        <Suspense fallback={<Waiting />}>
          <DataSamples />
        </Suspense>
      </Stack>
    </>
  );
}
