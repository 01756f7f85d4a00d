import { usePicture } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";

/** What happened, newest first, in this console's language where the catalogue has the sentence. */
export function NoticeList() {
  const words = useWords();
  const picture = usePicture();
  return (
    <section className="panel notices" aria-label={words.t("notices.title")}>
      <header className="panel-head">
        <h2>{words.t("notices.title")}</h2>
        <span className="count">{words.number(picture.notices.length)}</span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard */}
      <div className="list" role="log" aria-label={words.t("notices.title")} tabIndex={0}>
        {picture.notices.length === 0 ? <p className="empty">{words.t("notices.none")}</p> : null}
        {picture.notices.map((notice) => (
          <p key={notice.id} className="notice" data-level={notice.level}>
            <span className="notice-time">{words.clock(notice.atUs)}</span>
            <span className="notice-level">{words.t(`level.${notice.level}`)}</span>
            <bdi className="notice-text">{words.tMaybe(`notice.${notice.key}`, notice.values) ?? notice.text}</bdi>
          </p>
        ))}
      </div>
    </section>
  );
}
