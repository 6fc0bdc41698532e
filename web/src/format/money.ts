/** Amounts of money come as decimal strings in US dollars; nothing is summed here, only shown. */

const CENTS = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD" });
const SAYING_DIGITS = 2;
const MOST_DIGITS = 10;

/** `0.0000123` → `$0.0000123`, `12.5` → `$12.50`: small costs keep three digits that say something. */
export function money(amount: string | number | null | undefined): string {
  if (amount === null || amount === undefined || amount === "") return "–";
  const value = Number(amount);
  if (!Number.isFinite(value)) return "–";
  if (value === 0 || Math.abs(value) >= 1) return CENTS.format(value);
  const zeros = Math.floor(-Math.log10(Math.abs(value)));
  const digits = Math.min(MOST_DIGITS, Math.max(2, zeros + 1 + SAYING_DIGITS));
  return new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: digits }).format(value);
}
