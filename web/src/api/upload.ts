/** Files on their way to the server, with how far they are: `fetch` cannot tell, so this asks the older way. */
import { ApiError, type Problem } from "./client";

/** PUT the bytes of a file to `/api/v1${path}`; `onProgress` hears the share that is sent, 0 to 1. Throws ApiError. */
export function upload<T>(path: string, file: Blob, onProgress: (share: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/v1${path}`);
    request.setRequestHeader("X-Codex32-Request", "1");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 400) resolve(JSON.parse(request.responseText) as T);
      else reject(new ApiError(problemOf(request)));
    };
    request.onerror = () => reject(new ApiError({ code: "unreachable", title: "The upload broke off", detail: "The upload broke off.", status: 0 }));
    request.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function problemOf(request: XMLHttpRequest): Problem {
  const unknown = { code: "unknown", title: request.statusText, detail: `The server answered ${request.status}.`, status: request.status };
  try {
    return { ...unknown, ...(JSON.parse(request.responseText) as Partial<Problem>) };
  } catch {
    return unknown;
  }
}
