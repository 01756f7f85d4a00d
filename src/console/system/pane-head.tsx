import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { useWords } from "../strings/words-context.tsx";
import { Icon } from "./icons.tsx";

export function CloseButton({ close }: { close(): void }) {
  const words = useWords();
  return (
    <Button className="icon-button" onPress={close} aria-label={words.t("pane.close")}>
      <Icon name="close" />
    </Button>
  );
}

/** A titled part of a pane. */
export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <h3>
        {title}
        {note === undefined ? null : <span className="section-note">{note}</span>}
      </h3>
      {children}
    </section>
  );
}

/** Name and value on one line. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
