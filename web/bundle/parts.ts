/**
 * Which modules share a file. Left alone, the bundler makes a file of every set of pages that has a module in common:
 * forty for the home page, each of them asked for by itself.
 */
const PARTS: readonly [name: string, modules: RegExp][] = [
  // It must run before the others have come.
  ["begin", /\/web\/src\/begin\.ts$|vite\/preload-helper/],
  ["react", /\/node_modules\/(react|react-dom|scheduler|use-sync-external-store)\//],
  ["data", /\/node_modules\/(@tanstack\/(react-router|router-core|history|react-query|query-core|react-store|store)|seroval\w*)\//],
  // What lies in the folder of a heavy component and is needed without it.
  ["kit", /(CheckIcon|RadioIcon|to-int|get-parsed-combobox-data|ComboboxChevron|Combobox\.module)\.mjs$/],
  // What floats above the page or lists choices, and what places it: half of Mantine by weight, and no page begins with it.
  [
    "floating",
    /@mantine\/core\/esm\/(components\/(Autocomplete|Combobox|Drawer|FocusTrap|Menu|Modal\w*|Overlay|Pill\w*|Popover|Portal|ScrollArea|Select|Table|TagsInput|Tooltip)|utils\/Floating)\/|\/node_modules\/(@floating-ui|tabbable|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-callback-ref|use-sidecar|get-nonce)\/|use-focus-(trap|return)/,
  ],
  ["notices", /@mantine\/notifications\/(?!.*store)|react-transition-group|\/components\/Notification\//],
  // Fields of forms.
  [
    "fields",
    /@mantine\/core\/esm\/(components\/(Checkbox|Chip|FileButton|FileInput|JsonInput|NumberInput|PasswordInput|Radio))\/|react-number-format|\/components\/(BotPicker|ConfirmDialog|OpenForm)\.tsx/,
  ],
  ["", /\/components\/Markdown\.tsx|\.gen\.ts$/],
  // The frame, every address, and what nearly every page is made of.
  ["kit", /\/web\/src\/((app|main|router|theme|nonce)\.tsx?|features\/shell\/(?!PersonMenu|NoticeList)|features\/palette\/shortcuts|texts\/shell)/],
  ["kit", /@mantine\/|lucide-react\/dist\/esm\/(?!icons)|\/node_modules\/clsx\/|\/web\/src\/(components\/[^/]+\.tsx?$|format\/|api\/|texts\/common)/],
];

export function partOf(id: string): string | undefined {
  if (id.endsWith(".css")) return undefined; // styles go with whoever names them
  return PARTS.find(([, modules]) => modules.test(id))?.[0] || undefined;
}
