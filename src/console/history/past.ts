// A look at the past beside the live picture: the same screen on a link of its own, while the live one goes on underneath.

import { createContext, useContext } from "react";
import type { Live } from "../live/use-picture.tsx";

export interface Past {
  /** The live picture, while the screen shows the past; undefined while it shows the present. */
  readonly present: Live | undefined;
  /** Shows the picture as it was; a later call moves on. */
  openAt(atUs: number): void;
  /** Back to live. */
  close(): void;
}

export const PastContext = createContext<Past>({ present: undefined, openAt: () => {}, close: () => {} });
export const usePast = (): Past => useContext(PastContext);

/** What led to a moment is shown before it. */
export const LEAD_US = 15e6;
