import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function IncidentPage() {
  return <PageHead title={shell.nav.incidents} />;
}
