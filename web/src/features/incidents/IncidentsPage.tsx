import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function IncidentsPage() {
  return <PageHead title={shell.nav.incidents} />;
}
