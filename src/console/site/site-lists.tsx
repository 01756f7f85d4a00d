import { lazy, type ReactNode, Suspense, useState } from "react";
import { useWords } from "../strings/words-context.tsx";

// Looked at now and then: the code and the figures are fetched when a list is opened.
const Friends = lazy(() => import("./friend-list.tsx").then((part) => ({ default: part.FriendList })));
const Channels = lazy(() => import("./channel-list.tsx").then((part) => ({ default: part.ChannelList })));

function Drawer({ title, name, children }: { title: string; name: string; children: ReactNode }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  return (
    <details className="drawer" data-name={name} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open ? <Suspense fallback={<p className="quiet">{words.t("act.sending")}</p>}>{children}</Suspense> : null}
    </details>
  );
}

/** Who is expected to fly here, and by which ways people are called. */
export function SiteLists({ select }: { select(id: string): void }) {
  const words = useWords();
  return (
    <>
      <Drawer title={words.t("friends.title")} name="friends">
        <Friends select={select} />
      </Drawer>
      <Drawer title={words.t("channels.title")} name="channels">
        <Channels />
      </Drawer>
    </>
  );
}
