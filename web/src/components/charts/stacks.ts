/** Sums of each line with those below it: what stacked bars are drawn from. */
export function stacked(lines: readonly (readonly (number | null)[])[]): number[][] {
  const sums: number[][] = [];
  for (const line of lines) {
    const below = sums.at(-1);
    sums.push(line.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return sums;
}
