import { Button, Text } from "@mantine/core";
import { Mic, MicOff } from "lucide-react";

import { builder } from "../../texts/builder";
import { canListen, useSpeech } from "./speech";

const { voice: texts } = builder;

/** Speaking in place of typing; nothing where the browser cannot listen. */
export function MicButton({ onWords, small = false }: { onWords: (words: string) => void; small?: boolean }) {
  const { listening, error, start, stop } = useSpeech(onWords);
  if (!canListen()) return null;
  const Icon = listening ? MicOff : Mic;
  return (
    <>
      <Button variant="default" size={small ? "xs" : "sm"} leftSection={<Icon size={16} aria-hidden />} aria-pressed={listening} onClick={listening ? stop : start}>
        {listening ? texts.stop : texts.start}
      </Button>
      <Text size="sm" role="status" className="c32-dim">
        {listening ? texts.listening : error && (texts.failed[error] ?? texts.failedOther)}
      </Text>
    </>
  );
}
