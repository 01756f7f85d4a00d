import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { CoverView } from "../../core/model/picture-view.ts";
import { useActing, usePress } from "../acting.ts";
import { PressOutcome } from "../acting-words.tsx";
import { usePicture } from "../live/use-picture.tsx";
import { Sentence } from "../strings/sentence.tsx";
import { useWords } from "../strings/words-context.tsx";
import { GUARD_MS, type Guard, pressGuard } from "./cover-guard.ts";

export interface CoverHandle {
  /** The same as a press of the button. */
  press(): void;
}

/** The guard as a part of the screen: armed for two seconds, then closed again by itself. */
function useGuard(order: () => void): { armed: boolean; press(): void } {
  const [guard, setGuard] = useState<Guard>();
  useEffect(() => {
    if (guard === undefined) return;
    const timer = setTimeout(() => setGuard(undefined), Math.max(0, guard + GUARD_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [guard]);
  return {
    armed: guard !== undefined,
    press() {
      const next = pressGuard(guard, performance.now());
      setGuard(next.guard);
      if (next.order) order();
    },
  };
}

interface Props {
  /** An asset's id; empty: the whole site. */
  asset: string;
  setAsset(asset: string): void;
  ref: Ref<CoverHandle>;
}

/** Always in the same place: two presses within two seconds order people to take cover, by every channel, with nobody's approval. */
export function TakeCover({ asset, setAsset, ref }: Props) {
  const words = useWords();
  const picture = usePicture();
  const { canAct } = useActing();
  const sending = usePress();
  const [text, setText] = useState("");
  const assets = picture.site?.assets ?? [];
  const cover = picture.judgement?.cover ?? null;
  const ordered = cover?.state === "ordered" ? cover : undefined;
  // An asset that is gone from the picture must not narrow the order.
  const chosen = assets.some(({ id }) => id === asset) ? asset : "";
  const order = useGuard(() => {
    void sending.press({ method: "POST", path: "take-cover", body: { assetIds: chosen === "" ? [] : [chosen], text: text.trim() } });
    setAsset("");
    setText("");
  });
  const clear = useGuard(() => {
    void sending.press({ method: "POST", path: "all-clear", body: { text: text.trim() } });
    setText("");
  });
  const button = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    press() {
      if (canAct) order.press();
    },
  }));

  return (
    <section
      className="cover"
      aria-label={words.t("cover.title")}
      data-ordered={ordered !== undefined || undefined}
      data-armed={order.armed || undefined}
    >
      {canAct ? (
        <div className="cover-order" ref={button}>
          <select aria-label={words.t("cover.assets")} value={chosen} onChange={(event) => setAsset(event.target.value)}>
            <option value="">{words.t("cover.whole-site")}</option>
            {assets.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <Button className="cover-button" data-armed={order.armed || undefined} onPress={order.press}>
            {words.t(order.armed ? "cover.again" : "cover.button")} <kbd>X</kbd>
          </Button>
          {/* Nobody has to write anything: the order goes with two presses, words or none. */}
          <input
            className="cover-text"
            aria-label={words.t("cover.text")}
            placeholder={words.t("cover.text")}
            value={text}
            maxLength={500}
            dir="auto"
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      ) : null}
      <p className="visually-hidden" role="status">
        {order.armed ? words.t("cover.armed") : ""}
      </p>
      {ordered === undefined ? (
        cover === null ? null : (
          <p className="cover-past quiet">{words.t("cover.all-clear-by", { actor: cover.by, clock: words.clock(cover.atUs) })}</p>
        )
      ) : (
        <div className="cover-state" role="status">
          <p>
            <strong>{words.t("cover.ordered")}</strong>{" "}
            {words.t("cover.ordered-by", {
              actor: ordered.by,
              clock: words.clock(ordered.atUs),
              assets: assetNames(ordered, assets, words.t("cover.whole-site")),
            })}
          </p>
          {ordered.text === "" ? null : (
            <p>
              <bdi>{ordered.text}</bdi>
            </p>
          )}
          <Receipts cover={ordered} />
          {canAct ? (
            <Button className="button small" onPress={clear.press}>
              {words.t(clear.armed ? "cover.clear-again" : "cover.clear")}
            </Button>
          ) : null}
        </div>
      )}
      <PressOutcome press={sending} />
    </section>
  );
}

function assetNames(cover: CoverView, assets: readonly { id: string; name: string }[], whole: string): string {
  if (cover.assetIds.length === 0 || cover.assetIds.length === assets.length) return whole;
  return cover.assetIds.map((id) => assets.find((asset) => asset.id === id)?.name ?? id).join(" · ");
}

/** By each channel, what became of it: silence is shown as waiting, never as done. */
function Receipts({ cover }: { cover: CoverView }) {
  const words = useWords();
  if (cover.receipts.length === 0) return <p className="cover-none">{words.t("cover.no-channels")}</p>;
  return (
    <ul className="plain-list receipts">
      {cover.receipts.map(({ channel, state, message }) => (
        <li key={channel} data-state={state}>
          <bdi>{channel}</bdi> <span>{words.tMaybe(`receipt.${state}`) ?? state}</span>
          {state === "failed" && message !== "" ? (
            <bdi dir="ltr" className="quiet">
              {message}
            </bdi>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Over the map while Picket suggests to order cover; it orders nothing by itself. */
export function CoverPrompts({ arm, select }: { arm(asset: string): void; select(trackId: string): void }) {
  const words = useWords();
  const picture = usePicture();
  const { canAct } = useActing();
  const prompts = picture.judgement?.coverPrompts ?? [];
  return (
    <div role="alert" className="cover-prompt-place">
      {prompts.slice(0, 3).map((prompt) => (
        <div key={prompt.assetId} className="cover-prompt">
          <strong>
            <Sentence of={prompt} />
          </strong>
          <Button className="button small" onPress={() => select(prompt.trackId)}>
            {words.t("cover.look", { track: prompt.trackId })}
          </Button>
          {canAct ? (
            <Button className="button small strong" onPress={() => arm(prompt.assetId)}>
              {words.t("cover.arm")}
            </Button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
