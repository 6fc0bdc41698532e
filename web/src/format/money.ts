/** Amounts of money come as decimal strings in US dollars; nothing is summed here, only shown. */

const CENTS = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD" });
const FINE = new Intl.NumberFormat(undefined, {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
  maximumSignificantDigits: 3,
});

/** `0.0000123` → `$0.0000123`, `12.5` → `$12.50`: small costs keep three digits that say something. */
export function money(amount: string | number | null | undefined): string {
  if (amount === null || amount === undefined || amount === "") return "–";
  const value = Number(amount);
  if (!Number.isFinite(value)) return "–";
  return value !== 0 && Math.abs(value) < 1 ? FINE.format(value) : CENTS.format(value);
}
