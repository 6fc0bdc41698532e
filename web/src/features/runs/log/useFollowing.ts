/** Staying at the end of what grows, until somebody scrolls up; being at the end again stays there again. */
import { useCallback, useRef, useState } from "react";

const NEAR_PX = 24;

interface Following {
  follow: boolean;
  setFollow: (follow: boolean) => void;
  onScroll: (place: HTMLElement) => void;
}

export function useFollowing(begin: boolean): Following {
  const [follow, setFollow] = useState(begin);
  const last = useRef(0);

  const onScroll = useCallback(({ scrollTop, scrollHeight, clientHeight }: HTMLElement) => {
    if (scrollTop < last.current - 1) setFollow(false);
    else if (scrollHeight - scrollTop - clientHeight < NEAR_PX) setFollow(true);
    last.current = scrollTop;
  }, []);

  return { follow, setFollow, onScroll };
}
