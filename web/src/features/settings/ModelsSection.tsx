import { AliasesPart } from "./AliasesPart";
import { ModelList } from "./ModelList";
import { ProvidersPart } from "./ProvidersPart";

/** Providers, the names that stand for their models, and what each model can do and costs. */
export function ModelsSection() {
  return (
    <>
      <ProvidersPart />
      <AliasesPart />
      <ModelList />
    </>
  );
}
