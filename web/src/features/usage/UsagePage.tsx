import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function UsagePage() {
  return <PageHead title={shell.nav.usage} />;
}
