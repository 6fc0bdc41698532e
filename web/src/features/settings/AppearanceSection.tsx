import { Select, SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";

import { preferences, usePreferences } from "../../api/preferences";
import { useNow } from "../../components/clock";
import { Section } from "../../components/Section";
import { moment } from "../../format/moment";
import { ZONES } from "../../format/zones";
import { settings } from "../../texts/settings";
import { shell } from "../../texts/shell";

const texts = settings.appearance;
const BROWSER = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Colours and zone of this browser. */
export function AppearanceSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { zone } = usePreferences();
  const now = useNow();
  return (
    <Section title={settings.sections.appearance}>
      <Stack maw="28rem">
        <div>
          <Text size="sm" fw={500} id="c32-scheme">
            {texts.scheme}
          </Text>
          <SegmentedControl
            aria-labelledby="c32-scheme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
            data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: shell.scheme[value] }))}
          />
        </div>
        <Select
          label={texts.zone}
          description={texts.zoneHint}
          searchable
          limit={30}
          data={[{ value: "", label: texts.browser(BROWSER) }, ...ZONES.map((value) => ({ value, label: value }))]}
          value={zone ?? ""}
          onChange={(value) => preferences.set({ zone: value || undefined })}
          allowDeselect={false}
        />
        <Text size="sm" className="c32-dim">
          {texts.sample} {moment(now, "full", zone)}.
        </Text>
      </Stack>
    </Section>
  );
}
