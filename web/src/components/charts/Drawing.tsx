import "uplot/dist/uPlot.min.css";

import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import uPlot from "uplot";

import { usePreferences } from "../../api/preferences";
import { stacked } from "./stacks";
import type { TimeChartProps } from "./TimeChart";

/** The drawing itself, on a canvas; loaded with the first chart that is looked at. */
export default function Drawing({ at, lines, kind = "lines", height = 180, format = String }: TimeChartProps) {
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme();
  const { zone } = usePreferences();
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!place.current || width === 0) return;
    const plot = new uPlot(options(), data(), place.current);
    return () => plot.destroy();

    function data(): uPlot.AlignedData {
      const values = lines.map((line) => [...line.values]);
      // Stacked bars are drawn from the tallest sum to the smallest, one over the other.
      const drawn = kind === "bars" ? stacked(values).reverse() : values;
      return [[...at], ...drawn] as uPlot.AlignedData;
    }

    function options(): uPlot.Options {
      const style = getComputedStyle(document.documentElement);
      const colour = (name: string) => style.getPropertyValue(`--c32-${name}`).trim();
      const axis = { stroke: colour("axis"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false } };
      const bars = uPlot.paths.bars?.({ size: [0.8, 40], radius: 0.15 });
      const series = lines.map((line) => ({
        label: line.label,
        stroke: colour(line.tone),
        ...(kind === "bars" ? { fill: colour(line.tone), paths: bars, width: 0 } : { width: 2, spanGaps: true }),
        points: { show: kind === "lines" && at.length < 40 },
      }));
      return {
        width,
        height,
        legend: { show: false },
        cursor: { y: false },
        tzDate: zone ? (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone) : undefined,
        scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
        axes: [axis, { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format(tick)) }],
        series: [{}, ...(kind === "bars" ? series.reverse() : series)],
      };
    }
  }, [at, lines, kind, width, height, scheme, format, zone]);

  return (
    <div ref={ref}>
      <ul className="c32-legend">
        {lines.map((line) => (
          <li key={line.label} data-tone={line.tone}>
            {line.label}
          </li>
        ))}
      </ul>
      <div ref={place} />
    </div>
  );
}
