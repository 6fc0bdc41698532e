import { Card } from "@mantine/core";

import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";
import { BuilderBox } from "./BuilderBox";

export function StartPage() {
  return (
    <>
      <PageHead title={shell.nav.build} />
      <Card>
        <BuilderBox />
      </Card>
    </>
  );
}
