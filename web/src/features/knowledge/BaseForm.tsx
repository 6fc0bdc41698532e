import { Button, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";

import { call } from "../../api/client";
import { ProblemNote } from "../../components/ProblemNote";
import { knowledge } from "../../texts/knowledge";
import type { Base } from "./queries";

const texts = knowledge.form;
const LANGUAGES = [
  "english", "spanish", "simple", "arabic", "danish", "dutch", "finnish", "french", "german", "greek", "hungarian", "indonesian",
  "italian", "norwegian", "portuguese", "romanian", "russian", "swedish", "turkish",
]; // prettier-ignore

/** Makes a knowledge base and opens it. */
export function BaseForm() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [language, setLanguage] = useState("english");
  const create = useMutation({
    mutationFn: () => call<Base>("/knowledge", { method: "POST", body: { name, description, language } }),
    onSuccess: async (base) => {
      await client.invalidateQueries({ queryKey: ["knowledge", "bases"] });
      await navigate({ to: "/knowledge/$baseId", params: { baseId: base.id } });
    },
  });

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    create.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput data-autofocus label={texts.name} description={texts.nameHint} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Textarea label={texts.description} autosize minRows={2} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        <Select
          label={texts.language}
          description={texts.languageHint}
          data={LANGUAGES}
          searchable
          allowDeselect={false}
          value={language}
          onChange={(value) => setLanguage(value ?? "english")}
        />
        {create.error && <ProblemNote error={create.error} />}
        <Button type="submit" loading={create.isPending} disabled={name === ""}>
          {texts.create}
        </Button>
      </Stack>
    </form>
  );
}
