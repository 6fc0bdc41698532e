import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { expect, it } from "vitest";

import { theme } from "./theme";

const HEAD = "/* Made of theme.ts by theme.test.ts (`npx vitest run src/theme.test.ts -u`): what Mantine would else write into every page while it starts. */\n";

it("has the variables of the theme as a style sheet, so that the first paint has them", async () => {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const sheet = convertCssVariables(defaultCssVariablesResolver(merged), ":root");
  const lines = sheet.replaceAll("{", " {\n").replaceAll("}", "}\n").replaceAll(/;\s*/g, ";\n");
  await expect(HEAD + lines).toMatchFileSnapshot("theme.vars.css");
});
