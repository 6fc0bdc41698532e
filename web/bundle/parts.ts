/**
 * Which modules share a file. Left alone, the bundler makes a file of every set of pages that has a module in common:
 * forty for the home page, each of them asked for by itself. No part may need one below it in this list.
 */
const PARTS: readonly [name: string, modules: RegExp][] = [
  ["react", /\/node_modules\/(react|react-dom|scheduler|use-sync-external-store)\//],
  ["data", /\/node_modules\/(@tanstack\/(react-router|router-core|history|react-query|query-core|react-store|store)|seroval\w*)\//],
  // What lies in the folder of a heavy component and is needed without it.
  ["kit", /(CheckIcon|RadioIcon|to-int|get-parsed-combobox-data|ComboboxChevron|Combobox\.module)\.mjs$/],
  // What floats above the page or lists choices, and what places it: half of Mantine by weight, and no page begins with it.
  [
    "floating",
    /@mantine\/core\/esm\/(components\/(Autocomplete|Combobox|Drawer|FocusTrap|Menu|Modal\w*|Overlay|Pill\w*|Popover|Portal|ScrollArea|Select|Table|TagsInput|Tooltip)|utils\/Floating)\/|\/node_modules\/(@floating-ui|tabbable|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-callback-ref|use-sidecar|get-nonce)\/|use-focus-(trap|return)/,
  ],
  // Fields of forms.
  [
    "fields",
    /@mantine\/core\/esm\/(components\/(Checkbox|Chip|FileButton|FileInput|JsonInput|NumberInput|PasswordInput|Radio))\/|react-number-format|\/components\/(BotPicker|ConfirmDialog|OpenForm)\.tsx/,
  ],
  ["", /\/components\/Markdown\.tsx|\.gen\.ts$/],
  // What nearly every page is made of.
  ["kit", /@mantine\/(core|store|hooks)\/|\/node_modules\/clsx\/|\/web\/src\/(components\/[^/]+\.tsx?$|format\/|api\/|texts\/common)/],
];

export function partOf(id: string): string | undefined {
  return PARTS.find(([, modules]) => modules.test(id))?.[0] || undefined;
}
