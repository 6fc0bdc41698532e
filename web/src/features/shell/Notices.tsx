import { useNotifications } from "@mantine/notifications";
import { lazy, Suspense, useState } from "react";

import { fileOf } from "../../api/files";

const List = lazy(fileOf(() => import("./NoticeList")));

/** What is said at the edge of the page. Most visits say nothing: what shows it is loaded with the first message. */
export function Notices() {
  const any = useNotifications().notifications.length > 0;
  const [seen, setSeen] = useState(any);
  if (any && !seen) setSeen(true);
  return seen ? (
    <Suspense>
      <List />
    </Suspense>
  ) : null;
}
