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

/** The scripts and styles of a page that are not those of every page. */
export function filesOf(bundle: Bundle, file: string): { scripts: string[]; styles: string[] } {
  const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
  const page = chunks.find((one) => one.moduleIds.some((id) => id.endsWith(`/src/features/${file}.tsx`)));
  if (!page) throw new Error(`No file of the build is ${file}.tsx: see bundle/pages.ts.`);
  const every = new Set(chunks.filter((one) => one.isEntry).flatMap((one) => [...closure(bundle, one.fileName)]));
  const scripts = [...closure(bundle, page.fileName)].filter((name) => !every.has(name));
  const styles = scripts.flatMap((name) => [...((bundle[name] as Rollup.OutputChunk).viteMetadata?.importedCss ?? [])]);
  return { scripts, styles: [...new Set(styles)] };
}

export function ahead(): Plugin {
  return {
    name: "ahead",
    apply: "build",
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
