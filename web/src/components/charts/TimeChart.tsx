import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";

import { fileOf } from "../../api/files";
import { common } from "../../texts/common";
import { moment } from "../../format/moment";

export interface Line {
  label: string;
  /** One of the tones of theme.css, so that both schemes have it with enough contrast. */
  tone: "good" | "bad" | "busy" | "warn" | "quiet" | "main";
  values: readonly (number | null)[];
}

export interface TimeChartProps {
  label: string;
  /** Seconds since 1970, ascending, one for each value of every line. */
  at: readonly number[];
  lines: readonly Line[];
  kind?: "bars" | "lines";
  height?: number;
  format?: (value: number) => string;
}

const Drawing = lazy(fileOf(() => import("./Drawing")));

/** Values over time. The same numbers are in a table behind it, for those who hear the page and for copying. */
export function TimeChart(props: TimeChartProps) {
  const { label, at, lines, height = 180, format = String } = props;
  return (
    <figure className="c32-chart" aria-label={label}>
      <div aria-hidden className="c32-chart-drawing" style={{ minHeight: height + 28 }}>
        <Suspense fallback={<Skeleton height={height} />}>
          <Drawing {...props} height={height} />
        </Suspense>
      </div>
      <details>
        <summary>{common.chart.table}</summary>
        <div className="c32-table c32-chart-table" tabIndex={0} role="group" aria-label={label}>
          <table>
            <thead>
              <tr>
                <th scope="col">{common.chart.at}</th>
                {lines.map((line) => (
                  <th scope="col" key={line.label}>
                    {line.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at.map((seconds, row) => (
                <tr key={seconds}>
                  <th scope="row">{moment(seconds * 1000, "short")}</th>
                  {lines.map((line) => (
                    <td key={line.label}>{line.values[row] === null || line.values[row] === undefined ? "–" : format(line.values[row])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
