import { createContext, type ReactNode, useContext } from "react";
import { createWords, type Words } from "./words.ts";

export const WordsContext = createContext<Words>(createWords("en", "latn"));
export const useWords = (): Words => useContext(WordsContext);

/** Identifiers, serials and coordinates read left to right in every language. */
export function Ltr({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <bdi dir="ltr" className={className}>
      {children}
    </bdi>
  );
}
