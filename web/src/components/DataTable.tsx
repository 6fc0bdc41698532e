import { Checkbox, Table, VisuallyHidden } from "@mantine/core";
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

/** Rows and columns; on a phone each row is a card whose cells say their column's name. */
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
      <Table highlightOnHover verticalSpacing="xs" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {onSelect && (
              <Table.Th w={40}>
                <Checkbox
                  aria-label={common.table.selectAll}
                  checked={all}
                  indeterminate={some && !all}
                  onChange={() => onSelect(new Set(all ? [] : rows.map(rowKey)))}
                />
              </Table.Th>
            )}
            {columns.map((column) => (
              <Table.Th key={column.key} ta={column.align} className={column.wide ? "c32-wide" : undefined}>
                {column.head === "" ? <VisuallyHidden>{common.table.actions}</VisuallyHidden> : column.head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)} data-selected={selected?.has(rowKey(row)) || undefined}>
              {onSelect && (
                <Table.Td>
                  <Checkbox
                    aria-label={`${common.table.select} ${rowName?.(row) ?? ""}`}
                    checked={selected?.has(rowKey(row)) ?? false}
                    onChange={() => toggle(rowKey(row))}
                  />
                </Table.Td>
              )}
              {columns.map((column) => (
                <Table.Td key={column.key} ta={column.align} data-label={column.head || undefined} className={column.wide ? "c32-wide" : undefined}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
