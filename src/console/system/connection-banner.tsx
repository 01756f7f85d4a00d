import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";

/** Over the map whenever what it shows may be old. Says how old, and that reconnecting goes on by itself. */
export function ConnectionBanner() {
  const words = useWords();
  const picture = usePicture();
  usePictureClock(500);
  if (picture.state === "open") return <div role="alert" className="banner-place" />;
  const heard = picture.heardAtMs;
  const time = heard === undefined ? "" : words.duration((performance.now() - heard) / 1000);
  return (
    <div role="alert" className="banner-place">
      <div className="banner" data-state={picture.state}>
        {heard === undefined ? (
          <>
            <strong>{words.t(picture.state === "connecting" ? "banner.connecting" : "banner.no-server")}</strong>
            <span>{words.t("banner.no-picture")}</span>
          </>
        ) : (
          <>
            <strong>{words.t(picture.state === "silent" ? "banner.silent" : "banner.lost")}</strong>
            <span>{words.t("banner.old", { time, clock: words.clock(picture.nowUs) })}</span>
          </>
        )}
      </div>
    </div>
  );
}
