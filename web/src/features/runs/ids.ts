/** The end of an id: what of it differs between runs of the same moment. */
export function short(id: string): string {
  return id.slice(-8);
}
