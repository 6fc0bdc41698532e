import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useState } from "react";

const PAUSE_MS = 200;

/** A search that asks when the typing pauses. The key `/` leads here from anywhere on the page. */
export function SearchField({ label, value, onSearch }: { label: string; value: string; onSearch: (words: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [asked, setAsked] = useState(value);
  const [known, setKnown] = useState(value);
  // Another value than was asked for comes from elsewhere: a button that clears, a link. The answer to what was asked
  // may come while somebody types on, and changes nothing.
  if (value !== known) {
    setKnown(value);
    if (value.trim() !== asked.trim()) {
      setAsked(value);
      setTyped(value);
    }
  }
  const ask = useDebouncedCallback((words: string) => {
    setAsked(words);
    onSearch(words);
  }, PAUSE_MS);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={16} aria-hidden />}
      data-search-field
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        ask(event.currentTarget.value);
      }}
    />
  );
}
