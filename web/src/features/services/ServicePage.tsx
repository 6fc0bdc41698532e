import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function ServicePage() {
  return <PageHead title={shell.nav.services} />;
}
