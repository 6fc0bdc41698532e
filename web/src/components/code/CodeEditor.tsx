import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";

import { fileOf } from "../../api/files";

/** What is wrong at a place of the text. Lines and columns count from 1, as compilers say them. */
export interface Mark {
  line: number;
  column: number;
  endLine?: number | null | undefined;
  endColumn?: number | null | undefined;
  severity: "error" | "warning" | "info";
  message: string;
}

/** A key that may be completed inside the manifest. */
export interface Word {
  label: string;
  /** The table it belongs to, for example `tool.codex32.limits`; without it, any. */
  table?: string;
  detail?: string;
  info?: string;
}

export interface CodeEditorProps {
  label: string;
  value: string;
  onChange?: (text: string) => void;
  language?: "python" | "text";
  readOnly?: boolean;
  marks?: readonly Mark[];
  words?: readonly Word[];
  /** Called on Ctrl+S or Cmd+S. */
  onSave?: () => void;
  minHeight?: string;
}

const Surface = lazy(fileOf(() => import("./Surface")));

/**
 * Text with line numbers, colours, search and marks. Escape, then Tab leaves it by keyboard. It is loaded with the first
 * page that shows code.
 */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton height={props.minHeight ?? "16rem"} />}>
      <Surface {...props} />
    </Suspense>
  );
}
