/** The one way to the server: JSON in, JSON out, problems as errors that say what to do. */
import { early, forgetEarly } from "./early";

export interface Problem {
  code: string;
  title: string;
  detail: string;
  status: number;
  next_step?: string;
  errors?: { field?: string | null; detail: string; expected?: string | null; line?: number | null; column?: number | null }[];
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

interface Options {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  raw?: Blob;
  headers?: Record<string, string>;
}

/** Whether there was no answer at all. */
export function isAway(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 0;
}

export const UNREACHABLE: Problem = {
  code: "unreachable",
  title: "The server does not answer",
  detail: "The server does not answer.",
  status: 0,
  next_step: "Check that `codex32 up` is running, then try again.",
};

async function problemOf(response: Response): Promise<Problem> {
  try {
    const problem = (await response.json()) as Partial<Problem>;
    return {
      ...problem,
      code: problem.code ?? "unknown",
      title: problem.title ?? response.statusText,
      detail: problem.detail ?? problem.title ?? response.statusText,
      status: response.status,
    };
  } catch {
    return { code: "unknown", title: response.statusText, detail: `The server answered ${response.status}.`, status: response.status };
  }
}

/** Call `/api/v1${path}`; throws ApiError with the server's problem. */
export async function call<T>(path: string, { method = "GET", body, raw, headers = {} }: Options = {}): Promise<T> {
  if (method !== "GET") forgetEarly();
  let response = method === "GET" ? await early(path) : undefined;
  try {
    response ??= await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        "X-Codex32-Request": "1",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(raw ? { "Content-Type": "application/octet-stream" } : {}),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
  } catch {
    throw new ApiError(UNREACHABLE);
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (response.status === 204 ? undefined : await response.json()) as T;
}
