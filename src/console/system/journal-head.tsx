import { useEffect, useState } from "react";
import { encode } from "uqr";
import { askJson } from "../sign-in/session.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";

interface Head {
  readonly head: string;
  readonly sealedSequence: number;
  readonly publicKey: string;
}

/** The journal's newest seal as a code: photographed, it proves later that the record was not rolled back. */
export function JournalHead() {
  const words = useWords();
  const [head, setHead] = useState<Head>();
  useEffect(() => {
    let stopped = false;
    const ask = async () => {
      const answer = await askJson<Head>("GET", "journal/head");
      if (!stopped && "value" in answer) setHead(answer.value);
    };
    void ask();
    const timer = setInterval(ask, 10_000);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, []);
  if (head === undefined) return null;
  const { data, size } = encode(`picket-anchor ${head.sealedSequence} ${head.head}`, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <figure className="journal-head">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.t("journal.code")}>
        <rect width={size} height={size} className="journal-code-ground" />
        <path d={path} className="journal-code-dark" />
      </svg>
      <figcaption>
        <p className="quiet">{words.t("journal.code-why")}</p>
        <Ltr className="mono journal-head-text">{head.head}</Ltr>
      </figcaption>
    </figure>
  );
}
