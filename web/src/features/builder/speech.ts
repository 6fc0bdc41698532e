/** Speech to text by the browser, where it has it (Web Speech API). What is said goes to whoever the browser asks. */
import { useEffect, useEffectEvent, useRef, useState } from "react";

interface Heard {
  resultIndex: number;
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}

interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: Heard) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start: () => void;
  stop: () => void;
  abort: () => void;
}

type Maker = new () => Recognition;

function maker(): Maker | undefined {
  const here = window as unknown as { SpeechRecognition?: Maker; webkitSpeechRecognition?: Maker };
  return here.SpeechRecognition ?? here.webkitSpeechRecognition;
}

export const canListen = () => maker() !== undefined;

/** Calls `onWords` with each phrase that was understood for good. */
export function useSpeech(onWords: (words: string) => void) {
  const [listening, setListening] = useState(false);
  const [error, setError] = useState<string>();
  const recognition = useRef<Recognition>(undefined);
  const hear = useEffectEvent(({ resultIndex, results }: Heard) => {
    for (let at = resultIndex; at < results.length; at += 1) {
      const result = results[at];
      const words = result?.isFinal ? result[0]?.transcript.trim() : "";
      if (words) onWords(words);
    }
  });

  useEffect(() => {
    const Maker = listening ? maker() : undefined;
    if (!Maker) return;
    const made = new Maker();
    Object.assign(made, { lang: navigator.language, continuous: true, interimResults: false });
    made.onresult = (event) => hear(event);
    made.onerror = (event) => setError(event.error);
    made.onend = () => setListening(false);
    recognition.current = made;
    made.start();
    return () => made.abort();
  }, [listening]);

  function start() {
    setError(undefined);
    setListening(true);
  }

  return { listening, error, start, stop: () => recognition.current?.stop() };
}
