/** Files of the app that are fetched when they are first needed, and what is done when they cannot be had. */
import { ApiError, call, isAway, UNREACHABLE } from "./client";

/** Whether the server answers at all; any answer will do. */
export async function answers(): Promise<boolean> {
  try {
    await call("/me");
    return true;
  } catch (error) {
    return !isAway(error);
  }
}

/** `load`, which fails with the problem that there is no server if that is why it failed. */
export function fileOf<File>(load: () => Promise<File>): () => Promise<File> {
  return async () => {
    try {
      return await load();
    } catch (error) {
      if (await answers()) throw error;
      throw new ApiError(UNREACHABLE);
    }
  };
}

/** After an upgrade the files of the old build are gone: the page that is open fetches the new one, if there is a server to fetch it from. */
export async function renew(): Promise<void> {
  if (await answers()) window.location.reload();
}
