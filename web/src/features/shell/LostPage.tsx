import { Button, Container } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { EmptyState } from "../../components/EmptyState";
import { PageHead } from "../../components/PageHead";
import { common } from "../../texts/common";

export function LostPage() {
  return (
    <Container size="sm" py="xl">
      <PageHead title={common.lost.title} />
      <EmptyState
        icon={Compass}
        title={common.lost.text}
        action={
          <Button component={Link} to="/">
            {common.lost.home}
          </Button>
        }
      />
    </Container>
  );
}
