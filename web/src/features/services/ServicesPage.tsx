import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function ServicesPage() {
  return <PageHead title={shell.nav.services} />;
}
