import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function SessionPage() {
  return <PageHead title={shell.nav.build} />;
}
