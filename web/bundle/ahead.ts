/** Writes `pages.json`: for each page the files that it is made of, the frame to show while they come, and the questions to ask meanwhile. */
import { runnerImport, type Plugin, type Rollup } from "vite";

import { PAGES } from "./pages";

type Bundle = Rollup.OutputBundle;

/** A chunk and everything that it imports at once. */
function closure(bundle: Bundle, name: string, found = new Set<string>()): Set<string> {
  const chunk = bundle[name];
  if (chunk?.type !== "chunk" || found.has(name)) return found;
  found.add(name);
  for (const one of chunk.imports) closure(bundle, one, found);
  return found;
}

function chunkOf(bundle: Bundle, file: string): Rollup.OutputChunk {
  const found = Object.values(bundle).find((one) => one.type === "chunk" && one.moduleIds.some((id) => id.endsWith(`/src/${file}`)));
  if (found?.type !== "chunk") throw new Error(`No part of the build has ${file}: see bundle/pages.ts.`);
  return found;
}

/** What every page runs. */
function always(bundle: Bundle): Set<string> {
  return closure(bundle, chunkOf(bundle, "main.tsx").fileName, closure(bundle, chunkOf(bundle, "begin.ts").fileName));
}

function stylesOf(bundle: Bundle, scripts: readonly string[]): string[] {
  return [...new Set(scripts.flatMap((name) => [...((bundle[name] as Rollup.OutputChunk).viteMetadata?.importedCss ?? [])]))];
}

const link = (rel: string, name: string) => ({ tag: "link", attrs: { rel, crossorigin: true, href: `/${name}` }, injectTo: "head" as const });

/** The scripts and styles of a page that are not those of every page. */
export function filesOf(bundle: Bundle, file: string): { scripts: string[]; styles: string[] } {
  const every = always(bundle);
  const scripts = [...closure(bundle, chunkOf(bundle, `features/${file}.tsx`).fileName)].filter((name) => !every.has(name));
  return { scripts, styles: stylesOf(bundle, scripts) };
}

export function ahead(): Plugin {
  return {
    name: "ahead",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle }) => {
        if (!bundle) return [];
        // The page names its first script, and the styles of that one, by itself.
        const first = chunkOf(bundle, "begin.ts").fileName;
        const scripts = [...always(bundle)].filter((name) => name !== first);
        const styles = stylesOf(bundle, scripts);
        return [...styles.map((name) => link("stylesheet", name)), ...scripts.map((name) => link("modulepreload", name))];
      },
    },
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const drawn = await runnerImport<typeof import("./frame")>("./bundle/frame.tsx");
        const pages = PAGES.map(({ path, file, asks = [], rows }, index) => ({
          path,
          ...filesOf(bundle, file),
          frame: drawn.module.frames[index] ?? "",
          asks: rows === undefined ? [] : ["/me", ...asks],
        }));
        this.emitFile({ type: "asset", fileName: "pages.json", source: JSON.stringify(pages) });
      },
    },
  };
}
