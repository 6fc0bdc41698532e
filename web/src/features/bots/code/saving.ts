/** Files of a draft as the API takes them. */
import { call } from "../../../api/client";
import type { Schemas } from "../../../api/types";
import { binariesOf, textsOf, type Draft, type StoredFile } from "./draft";

type Deployed = Schemas["DeployedView"];

async function base64Of(botRef: string, version: string, path: string): Promise<string> {
  const address = `/api/v1/bots/${botRef}/versions/${version}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
  const response = await fetch(address, { credentials: "same-origin", headers: { "X-Codex32-Request": "1" } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  let text = "";
  for (const byte of new Uint8Array(await response.arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Make a version of what is in the editor. Files that are no text go along as they were. */
export async function save(botRef: string, version: string, files: readonly StoredFile[], draft: Draft, message: string): Promise<Deployed> {
  const binaries = await Promise.all(binariesOf(files, draft).map(async (path) => ({ path, content_base64: await base64Of(botRef, version, path) })));
  const texts = Object.entries(textsOf(files, draft)).map(([path, content]) => ({ path, content }));
  return call<Deployed>(`/bots/${botRef}/versions`, { method: "POST", body: { files: [...texts, ...binaries], message } });
}
