/** The nonce of this page, which every style element that a library makes must carry. */
export function styleNonce(): string {
  const element = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");
  return element?.nonce ?? element?.getAttribute("nonce") ?? "";
}
