import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function TriggersPage() {
  return <PageHead title={shell.nav.triggers} />;
}
