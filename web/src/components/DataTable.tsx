import type { ReactNode } from "react";

import { common } from "../texts/common";

export interface Column<T> {
  key: string;
  /** Empty over buttons. */
  head: string;
  cell: (row: T) => ReactNode;
  align?: "right";
  /** A phone leaves it out. */
  wide?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** What a row is called when it is selected, for those who hear the page. */
  rowName?: (row: T) => string;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: Set<string>) => void;
}

/** Rows and columns; on a phone each row is a card whose cells say their column's name. Of plain elements: there are many of them. */
export function DataTable<T>({ label, columns, rows, rowKey, rowName, selected, onSelect }: Props<T>) {
  const all = rows.length > 0 && rows.every((row) => selected?.has(rowKey(row)));
  const some = rows.some((row) => selected?.has(rowKey(row)));
  const toggle = (key: string) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };
  return (
    <div className="c32-table" tabIndex={0} role="group" aria-label={label}>
      <table className="c32-rowed" aria-label={label}>
        <thead>
          <tr>
            {onSelect && (
              <th className="c32-select">
                <input
                  type="checkbox"
                  aria-label={common.table.selectAll}
                  checked={all}
                  ref={(box) => {
                    if (box) box.indeterminate = some && !all;
                  }}
                  onChange={() => onSelect(new Set(all ? [] : rows.map(rowKey)))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.key} data-align={column.align} className={column.wide ? "c32-wide" : undefined}>
                {column.head === "" ? <span className="c32-unseen">{common.table.actions}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-selected={selected?.has(rowKey(row)) || undefined}>
              {onSelect && (
                <td className="c32-select">
                  <input
                    type="checkbox"
                    aria-label={`${common.table.select} ${rowName?.(row) ?? ""}`}
                    checked={selected?.has(rowKey(row)) ?? false}
                    onChange={() => toggle(rowKey(row))}
                  />
                </td>
              )}
              {columns.map((column) => (
                <td key={column.key} data-align={column.align} data-label={column.head || undefined} className={column.wide ? "c32-wide" : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
