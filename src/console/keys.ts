// Every key of the console in one table: what the key sheet shows is what the keyboard does.

import type { MessageKey } from "./strings/words.ts";

export type Action =
  | "keys"
  | "table"
  | "filter"
  | "map"
  | "pane"
  | "sensors"
  | "bench"
  | "alarm-pages"
  | "history"
  | "training"
  | "hand-over"
  | "live"
  | "next"
  | "previous"
  | "top"
  | "centre"
  | "fit"
  | "zoom-in"
  | "zoom-out"
  | "theme"
  | "brightness"
  | "language"
  | "trails"
  | "vectors"
  | "ellipses"
  | "labels"
  | "close"
  | "filters"
  | "measure"
  | "play"
  | "slew"
  | "acknowledge"
  | "alarm"
  | "accept"
  | "dismiss"
  | "hold"
  | "cover";

export interface KeyBinding {
  readonly action: Action;
  /** `KeyboardEvent.code`, so that a key keeps its place when the keyboard is set to Arabic. */
  readonly code: string;
  readonly shift?: boolean;
  /** As printed on the key. */
  readonly shown: string;
  readonly group: "go" | "decide" | "tracks" | "map" | "screen";
}

export const KEY_BINDINGS: readonly KeyBinding[] = [
  { action: "table", code: "KeyT", shown: "T", group: "go" },
  { action: "filter", code: "Slash", shown: "/", group: "go" },
  { action: "map", code: "KeyM", shown: "M", group: "go" },
  { action: "pane", code: "KeyD", shown: "D", group: "go" },
  { action: "sensors", code: "KeyS", shown: "S", group: "go" },
  { action: "bench", code: "KeyI", shown: "I", group: "go" },
  { action: "alarm-pages", code: "KeyA", shift: true, shown: "⇧A", group: "go" },
  { action: "history", code: "Digit3", shown: "3", group: "go" },
  { action: "training", code: "Digit5", shown: "5", group: "go" },
  { action: "hand-over", code: "Digit6", shown: "6", group: "go" },
  { action: "live", code: "Digit0", shown: "0", group: "go" },
  { action: "acknowledge", code: "KeyA", shown: "A", group: "decide" },
  { action: "alarm", code: "KeyO", shown: "O", group: "decide" },
  { action: "accept", code: "KeyY", shown: "Y", group: "decide" },
  { action: "dismiss", code: "KeyQ", shown: "Q", group: "decide" },
  { action: "hold", code: "KeyH", shown: "H", group: "decide" },
  { action: "cover", code: "KeyX", shown: "X", group: "decide" },
  { action: "next", code: "KeyJ", shown: "J", group: "tracks" },
  { action: "previous", code: "KeyK", shown: "K", group: "tracks" },
  { action: "top", code: "Digit1", shown: "1", group: "tracks" },
  { action: "centre", code: "KeyC", shown: "C", group: "tracks" },
  { action: "slew", code: "KeyW", shown: "W", group: "tracks" },
  { action: "close", code: "Escape", shown: "Esc", group: "tracks" },
  { action: "filters", code: "Digit4", shown: "4", group: "tracks" },
  { action: "measure", code: "Digit2", shown: "2", group: "map" },
  { action: "fit", code: "KeyF", shown: "F", group: "map" },
  { action: "zoom-in", code: "Equal", shown: "+", group: "map" },
  { action: "zoom-out", code: "Minus", shown: "−", group: "map" },
  { action: "trails", code: "KeyR", shown: "R", group: "map" },
  { action: "vectors", code: "KeyV", shown: "V", group: "map" },
  { action: "ellipses", code: "KeyE", shown: "E", group: "map" },
  { action: "labels", code: "KeyL", shown: "L", group: "map" },
  { action: "theme", code: "KeyN", shown: "N", group: "screen" },
  { action: "brightness", code: "KeyB", shown: "B", group: "screen" },
  { action: "language", code: "KeyG", shown: "G", group: "screen" },
  { action: "play", code: "KeyP", shown: "P", group: "screen" },
  { action: "keys", code: "Slash", shift: true, shown: "?", group: "screen" },
];

export const actionLabel = (action: Action): MessageKey => `key.${action}` as MessageKey;

interface PressedKey {
  readonly code: string;
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** What a key means; undefined when it means nothing here. With `singleKeys` off only Escape does, and the rest need Alt. */
export function actionOf(event: PressedKey, singleKeys: boolean): Action | undefined {
  if (event.ctrlKey || event.metaKey) return undefined;
  // Layouts differ in where the question mark is; what was typed decides.
  if (event.key === "?") return event.altKey || singleKeys ? "keys" : undefined;
  if (event.key === "/") return event.altKey || singleKeys ? "filter" : undefined;
  if (event.key === "+") return event.altKey || singleKeys ? "zoom-in" : undefined;
  if (event.altKey === singleKeys && event.code !== "Escape") return undefined;
  return KEY_BINDINGS.find((binding) => binding.code === event.code && (binding.shift ?? false) === event.shiftKey)?.action;
}

/** Keys that go into a text field are text, and keys inside an open dialog or list belong to it. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (event.code === "Escape") return false;
  return target.isContentEditable || target.closest("input:not([type=range]), textarea, select, [role=listbox], [role=menu]") !== null;
}
