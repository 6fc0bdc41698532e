/** What a browser does by itself when it opens a page, and an app has to do: say where one is, and begin there. */
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

/** A page about one thing is named by the answer to its first question. */
const NAMED_MS = 700;

/** The title of the page that came last, to be read out. A focus that went with the page before is put on `content`. */
export function useArrival(content: string): string {
  const router = useRouter();
  const [title, setTitle] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
        if (!pathChanged || !fromLocation) return;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setTitle(document.title), NAMED_MS);
        if (document.activeElement === null || document.activeElement === document.body) {
          document.getElementById(content)?.focus({ preventScroll: true });
        }
      }),
    [router, content],
  );
  return title;
}
