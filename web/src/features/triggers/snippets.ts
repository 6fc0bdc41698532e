/** How other programs call a webhook, ready to be copied. The secret itself is never in them. */
import type { Webhook } from "./queries";

export type Called = Pick<Webhook, "url" | "auth" | "methods" | "delivery_id">;

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function curl(hook: Called, body: string): string {
  const method = hook.methods[0] ?? "POST";
  const sends = method !== "GET";
  const lines = [`curl -sS -X ${method} ${quoted(hook.url)}`];
  if (sends) lines.push(`-H 'Content-Type: application/json'`, hook.auth === "signature" ? '-d "$BODY"' : `-d ${quoted(body)}`);
  if (hook.auth === "token") lines.push('-H "Authorization: Bearer $TOKEN"');
  if (hook.auth !== "signature") return joined(lines);
  lines.push('-H "webhook-id: $ID"', '-H "webhook-timestamp: $TIME"', '-H "webhook-signature: v1,$SIGNATURE"');
  return `${signing(sends ? body : "")}\n${joined(lines)}`;
}

/** Standard Webhooks, with what every machine has. */
function signing(body: string): string {
  return [
    `BODY=${quoted(body)}; ID="msg_$(date +%s%N)"; TIME="$(date +%s)"`,
    `KEY="$(printf %s "\${SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d ' \\n')"`,
    `SIGNATURE="$(printf '%s.%s.%s' "$ID" "$TIME" "$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)"`,
  ].join("\n");
}

const joined = (lines: string[]) => lines.join(" \\\n  ");

export function python(hook: Called, body: string): string {
  const method = hook.methods[0] ?? "POST";
  const text = method === "GET" ? "" : body;
  const signed = hook.auth === "signature";
  return [
    ...(signed ? ["import base64, hashlib, hmac, time, urllib.request, uuid"] : ["import urllib.request"]),
    "",
    `body = ${JSON.stringify(text)}.encode()`,
    ...(signed
      ? [
          'delivery, stamp = f"msg_{uuid.uuid4().hex}", str(int(time.time()))',
          'key = base64.b64decode(SECRET.removeprefix("whsec_"))',
          'mac = hmac.digest(key, f"{delivery}.{stamp}.".encode() + body, hashlib.sha256)',
          "headers = {",
          '    "Content-Type": "application/json",',
          '    "webhook-id": delivery,',
          '    "webhook-timestamp": stamp,',
          '    "webhook-signature": "v1," + base64.b64encode(mac).decode(),',
          "}",
        ]
      : [`headers = {"Content-Type": "application/json"${hook.auth === "token" ? ', "Authorization": f"Bearer {TOKEN}"' : ""}}`]),
    `request = urllib.request.Request(${JSON.stringify(hook.url)}, body, headers, method="${method}")`,
    "print(urllib.request.urlopen(request).read().decode())",
  ].join("\n");
}

/** A body that fits the input schema of a bot: examples and defaults where it has them. */
export function exampleOf(schema: unknown): unknown {
  if (schema === null || typeof schema !== "object") return null;
  const { type, properties, examples, default: standard, enum: choices, items } = schema as Record<string, unknown>;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (standard !== undefined && standard !== null) return standard;
  if (Array.isArray(choices)) return choices[0];
  if (properties && typeof properties === "object") {
    return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, exampleOf(one)]));
  }
  const kind: unknown = Array.isArray(type) ? type[0] : type;
  if (kind === "array") return items ? [exampleOf(items)] : [];
  return { string: "text", integer: 1, number: 1, boolean: true, object: {} }[String(kind)] ?? null;
}
