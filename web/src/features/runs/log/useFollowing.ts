/** Staying at the end of what grows, until somebody scrolls up; being at the end again stays there again. */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

const NEAR_PX = 24;

interface Following {
  follow: boolean;
  setFollow: (follow: boolean) => void;
  onScroll: () => void;
}

/** `grown` changes when there is more, or what is there became taller. */
export function useFollowing(place: RefObject<HTMLElement | null>, grown: unknown, begin: boolean): Following {
  const [follow, setFollow] = useState(begin);
  const last = useRef(0);

  useLayoutEffect(() => {
    if (follow) place.current?.scrollTo({ top: place.current.scrollHeight });
  }, [place, follow, grown]);

  const onScroll = useCallback(() => {
    const element = place.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollTop < last.current - 1) setFollow(false);
    else if (scrollHeight - scrollTop - clientHeight < NEAR_PX) setFollow(true);
    last.current = scrollTop;
  }, [place]);

  return { follow, setFollow, onScroll };
}
