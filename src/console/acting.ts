// A person's act on its way to the server; what comes back is a sentence when it was refused. Who acts is a name chosen on this screen,
// which nobody checked: the server journals it as not authenticated.

import { createContext, useCallback, useContext, useState } from "react";
import { OPERATOR } from "./cameras/camera-attention.ts";

export interface Act {
  readonly method: "POST" | "PUT" | "DELETE";
  /** Below /api/v1, parts already encoded. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Where the name of who acts goes; absent: in the body, and of a DELETE in the query. */
  readonly actorIn?: "query";
}

/** The name that is sent where nobody chose one. */
export const NOBODY_CHOSE = OPERATOR;

export interface Acting {
  readonly actor: string;
  /** False in a replay: nothing can be changed there. */
  readonly canAct: boolean;
}

export const ActingContext = createContext<Acting>({ actor: NOBODY_CHOSE, canAct: true });
export const useActing = (): Acting => useContext(ActingContext);

const PATIENCE_MS = 10_000;

/** Why it was not done, in the server's words; undefined when it was. Ten seconds without an answer is an error. */
export async function sendAct(act: Act, actor: string): Promise<string | undefined> {
  const remove = act.method === "DELETE";
  const inQuery = remove || act.actorIn === "query";
  try {
    const response = await fetch(`/api/v1/${act.path}${inQuery ? `?actor=${encodeURIComponent(actor)}` : ""}`, {
      method: act.method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(remove
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(inQuery ? act.body : { ...act.body, actor }) }),
    });
    if (response.ok) return undefined;
    const problem = (await response.json()) as { detail?: unknown };
    return typeof problem.detail === "string" ? problem.detail : `HTTP ${response.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}

export interface Press {
  readonly busy: boolean;
  readonly refusal: string | undefined;
  /** True when it was done. */
  press(act: Act): Promise<boolean>;
  clear(): void;
}

/** One place from which acts are sent: busy while one is under way, and the newest refusal. */
export function usePress(): Press {
  const { actor } = useActing();
  const [state, setState] = useState<{ busy: boolean; refusal: string | undefined }>({ busy: false, refusal: undefined });
  const press = useCallback(
    async (act: Act) => {
      setState({ busy: true, refusal: undefined });
      const refusal = await sendAct(act, actor);
      setState({ busy: false, refusal });
      return refusal === undefined;
    },
    [actor],
  );
  const clear = useCallback(() => setState({ busy: false, refusal: undefined }), []);
  return { ...state, press, clear };
}
