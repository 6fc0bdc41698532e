import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function HomePage() {
  return <PageHead title={shell.nav.home} />;
}
