import { useQueries } from "@tanstack/react-query";

import { AliasesPart } from "./AliasesPart";
import { ModelList } from "./ModelList";
import { ProvidersPart } from "./ProvidersPart";
import { aliases, catalogue, models, providers } from "./queries";

/** Providers, the names that stand for their models, and what each model can do and costs. */
export function ModelsSection() {
  // All is asked at once, and shown from above to below: nothing that is there moves when something comes above it.
  const [first, second] = useQueries({ queries: [providers(), aliases(), models(), catalogue()] });
  return (
    <>
      <ProvidersPart />
      {!first.isPending && <AliasesPart />}
      {!first.isPending && !second.isPending && <ModelList />}
    </>
  );
}
