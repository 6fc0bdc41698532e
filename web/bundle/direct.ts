/**
 * Names that come from the one big file of a package are taken from the small file they are made in. Without this every module
 * that has an icon would seem to need all icons, and what seems to be needed decides which modules share a file (`parts.ts`).
 */
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Plugin } from "vite";

const PACKAGES: Record<string, string> = {
  "lucide-react": "dist/esm/lucide-react.mjs",
  "@mantine/core": "esm/index.mjs",
  "@mantine/hooks": "esm/index.mjs",
  "@mantine/notifications": "esm/index.mjs",
};
const MARK = "direct:";
const LINE = /(?:import|export) \{([^}]*)\} from ["'](\.[^"']+)["']/g;
const IMPORT = /import \{([^}]*)\} from ["'](lucide-react|@mantine\/(?:core|hooks|notifications))["'];?/g;

/** `made as known`, as it stands in import and export lists. */
function names(list: string): [made: string, known: string][] {
  return list.split(",").flatMap((one) => {
    const [made, known] = one.trim().split(/\s+as\s+/);
    return made ? [[made, known ?? made] as [string, string]] : [];
  });
}

/** Where each name of a package is made: its file, and what it is called there. */
export function makersOf(folder: string, index: string): Map<string, [file: string, made: string]> {
  const path = join(folder, index);
  const found = [...readFileSync(path, "utf8").matchAll(LINE)];
  return new Map(
    found.flatMap(([, list = "", file = ""]) => names(list).map(([made, known]) => [known, [join(dirname(path), file), made]] as [string, [string, string]])),
  );
}

export function direct(): Plugin {
  const packages = join(process.cwd(), "node_modules");
  const makers = new Map<string, ReturnType<typeof makersOf>>();

  function lineFor(name: string, made: string, known: string): string {
    const index = PACKAGES[name];
    if (index && !makers.has(name)) makers.set(name, makersOf(join(packages, name), index));
    const [file, there] = makers.get(name)?.get(made) ?? [name, made];
    return `import { ${there} as ${known} } from ${JSON.stringify(file === name ? name : MARK + file)};`;
  }

  return {
    name: "direct",
    apply: "build",
    // As these packages say of themselves: what nobody uses of them does nothing.
    resolveId: (source) => (source.startsWith(MARK) ? { id: realpathSync(source.slice(MARK.length)), moduleSideEffects: false } : null),
    transform(code, id) {
      if (!/\/src\/|\/@mantine\//.test(id) || !/\.(m?js|tsx?)$/.test(id)) return null;
      const direct = code.replace(IMPORT, (_, list: string, name: string) => names(list).map(([made, known]) => lineFor(name, made, known)).join(" "));
      return direct === code ? null : { code: direct, map: null };
    },
  };
}
