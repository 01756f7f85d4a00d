// A press on its way to the server; what comes back is a sentence when it was refused.

import type { Affiliation } from "../../core/model/picture-view.ts";

/** What the tile's standing rule turns to, the most wanted first; the API takes any list. */
export const RULE_PRIORITIES: readonly Affiliation[] = ["hostile", "suspect"];

export type CameraPress =
  | { readonly act: "slew"; readonly trackId: string }
  | { readonly act: "hold"; readonly takeOver: boolean }
  | { readonly act: "release" }
  | { readonly act: "rule"; readonly enabled: boolean; readonly follow: string | null; readonly priorities?: readonly Affiliation[] };

/** Why it was not done, in the server's words; undefined when it was. */
export async function pressCamera(cameraId: string, press: CameraPress, actor: string): Promise<string | undefined> {
  const { act, ...body } = press;
  try {
    const response = await fetch(`/api/v1/cameras/${encodeURIComponent(cameraId)}/${act}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, actor }),
    });
    if (response.ok) return undefined;
    const problem = (await response.json()) as { detail?: unknown };
    return typeof problem.detail === "string" ? problem.detail : `HTTP ${response.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
