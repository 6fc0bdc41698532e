import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, foldGutter, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useEffectEvent, useRef } from "react";

import { styleNonce } from "../../nonce";
import type { CodeEditorProps, Mark, Word } from "./CodeEditor";

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier], color: "var(--c32-code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--c32-code-string)" },
  { tag: [tags.comment, tags.meta], color: "var(--c32-code-comment)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--c32-code-number)" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: "var(--c32-code-name)" },
  { tag: [tags.typeName, tags.className], color: "var(--c32-code-type)" },
]);
const MANIFEST_LINE = /^#\s*([\w-]*)$/;
const TABLE_LINE = /^#\s*\[+([\w.-]+)\]+\s*$/;

export default function Surface({ label, value, onChange, language = "python", readOnly, marks, words, onSave, minHeight }: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const lock = useRef(new Compartment());
  const changed = useEffectEvent((text: string) => onChange?.(text));
  const saved = useEffectEvent(() => onSave?.());
  const complete = useEffectEvent((context: CompletionContext) => completions(context, words ?? []));
  const first = useEffectEvent(() => value);

  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({ doc: first(), extensions: extensions() }),
    });
    view.current = editor;
    return () => editor.destroy();

    function extensions(): Extension {
      return [
        EditorView.cspNonce.of(styleNonce()),
        lineNumbers(),
        history(),
        drawSelection(),
        foldGutter(),
        lintGutter(),
        indentOnInput(),
        indentUnit.of("    "),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        syntaxHighlighting(COLOURS),
        language === "python" ? [python(), autocompletion({ override: [complete] })] : [],
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
        keymap.of([{ key: "Mod-s", run: () => (saved(), true) }, indentWithTab, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
        lock.current.of([]),
      ];
    }
  }, [label, language]);

  useEffect(() => {
    const locked = readOnly ? [EditorState.readOnly.of(true)] : [];
    view.current?.dispatch({ effects: lock.current.reconfigure(locked) });
  }, [readOnly, label, language]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch(setDiagnostics(editor.state, (marks ?? []).map((mark) => diagnostic(editor.state.doc, mark))));
  }, [marks]);

  return <div ref={place} className="c32-editor" style={{ minHeight }} />;
}

/** Inside the header a line that is only `# word` completes the manifest's keys. */
function completions(context: CompletionContext, words: readonly Word[]) {
  const line = context.state.doc.lineAt(context.pos);
  const match = MANIFEST_LINE.exec(line.text.slice(0, context.pos - line.from));
  if (!match || words.length === 0) return null;
  const typed = match[1] ?? "";
  if (typed === "" && !context.explicit) return null;
  const table = tableAt(context.state.doc, line.number);
  if (table === null) return null;
  return {
    from: context.pos - typed.length,
    options: words.filter((word) => word.table === undefined || word.table === table).map((word) => ({ label: word.label, detail: word.detail, info: word.info, apply: `${word.label} = `, type: "property" })),
  };
}

/** The table of the header that a line is in; null outside of the header, and where it names no table. */
function tableAt(text: Text, number: number): string | null {
  for (let above = number - 1; above > 0; above -= 1) {
    const words = text.line(above).text;
    const table = TABLE_LINE.exec(words)?.[1];
    if (table !== undefined) return table;
    if (!words.startsWith("#") || words.startsWith("# ///")) return null;
  }
  return null;
}

function diagnostic(text: Text, mark: Mark): Diagnostic {
  const from = offset(text, mark.line, mark.column);
  const to = mark.endLine ? offset(text, mark.endLine, mark.endColumn ?? 1) : text.lineAt(from).to;
  return { from, to: Math.max(from, to), severity: mark.severity, message: mark.message };
}

/** The place of a line and column, held inside a text that may have changed since. */
function offset(text: Text, line: number, column: number): number {
  const found = text.line(Math.min(Math.max(line, 1), text.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
}
