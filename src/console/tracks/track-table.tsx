import { forwardRef, memo, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Button, Input, Label, SearchField } from "react-aria-components";
import type { GroupView, TrackView } from "../../core/model/picture-view.ts";
import { usePictureClock } from "../live/use-picture.tsx";
import { readPlace } from "../map/read-place.ts";
import type { Place } from "../map/ruler.ts";
import { AFFILIATION_LETTER } from "../map/symbol-code.ts";
import { claimedName, type MessageKey, shownHeight } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { Icon } from "../system/icons.tsx";
import { FreshnessMark, TrackId } from "../system/marks.tsx";
import { FilterPanel, FilterState } from "./filter-panel.tsx";
import { type GroupRow, tableRows } from "./group-rows.ts";
import { TrackSymbol } from "./symbol.tsx";
import { type FilterFields, isEmpty } from "./track-filter-fields.ts";
import { pendingMove, type RankedTrack, type Sorting, type SortKey, settleOrder } from "./track-order.ts";

/** CSS pixels; the style sheet has the same numbers. */
export const ROW_HEIGHT = 40;
const HEAD_HEIGHT = 28;
/** A hand that rested this long lets the order change. */
const REST_MS = 2_000;
const OVERSCAN = 4;

export interface TrackTableHandle {
  focus(): void;
  focusFilter(): void;
}

interface Props {
  ranked: readonly RankedTrack[];
  groups: readonly GroupView[];
  total: number;
  sorting: Sorting;
  setSorting(sorting: Sorting): void;
  filter: string;
  setFilter(filter: string): void;
  fields: FilterFields;
  setFields(fields: FilterFields): void;
  filtersOpen: boolean;
  setFiltersOpen(open: boolean): void;
  /** Tracks that the filters hide, and that they would hide if they called nobody. */
  hidden: number;
  kept: number;
  selected: string | undefined;
  hovered: string | undefined;
  select(id: string | undefined): void;
  hover(id: string | undefined): void;
  centre(): void;
  goTo(place: Place): void;
}

const COLUMNS: readonly { key: SortKey; label: MessageKey; className: string }[] = [
  { key: "rank", label: "column.rank", className: "cell-rank" },
  { key: "id", label: "column.track", className: "cell-track" },
  { key: "distance", label: "column.asset", className: "cell-asset" },
  { key: "height", label: "column.height", className: "cell-height" },
  { key: "speed", label: "column.speed", className: "cell-speed" },
  { key: "age", label: "column.age", className: "cell-age" },
];

const rowId = (id: string) => `track-row-${id}`;

/**
 * The ranked tracks: a windowed grid, which cannot be a table element. Rows have one height, so only those in view exist. The order follows the ranking, but never under a hand:
 * see `settleOrder`. Focus stays on the grid; the active row is told by `aria-activedescendant`.
 */
export const TrackTable = forwardRef<TrackTableHandle, Props>(function TrackTable(props, ref) {
  const { ranked, selected, hovered, select, hover } = props;
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const filterBox = useRef<HTMLInputElement>(null);
  const shown = useRef<readonly string[]>([]);
  const hand = useRef({
    movedAt: Number.NEGATIVE_INFINITY,
    pointerRow: undefined as string | undefined,
    inside: false,
    focused: false,
    apply: false,
  });
  const [active, setActive] = useState<string>();
  const [view, setView] = useState({ top: 0, height: 480 });

  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus(),
    focusFilter: () => filterBox.current?.focus(),
  }));
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setView((before) => ({ ...before, height: element.clientHeight - HEAD_HEIGHT })));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // What is selected elsewhere (map, keys) becomes the active row.
  useEffect(() => {
    if (selected === undefined) return;
    setActive(selected);
    const index = shown.current.indexOf(selected);
    if (index >= 0) scrollTo(scroller.current, index);
  }, [selected]);

  const place = readPlace(props.filter);
  const byId = new Map(ranked.map((entry) => [entry.track.id, entry]));
  const state = hand.current;
  const [openGroups, setOpenGroups] = useState<ReadonlySet<string>>(new Set());
  const rows = tableRows(ranked, props.groups, openGroups, selected);
  const wanted = rows.order;
  const toggle = (id: string) => {
    state.apply = true;
    // The group of the selected track is open by itself: to close it, nothing in it may be selected.
    const isOpen = rows.groups.get(id)?.open === true;
    if (isOpen && rows.groups.get(id)!.members.some(({ track }) => track.id === selected)) select(undefined);
    setOpenGroups((before) => {
      const next = new Set(before);
      if (isOpen) next.delete(id);
      else next.add(id);
      return next;
    });
  };
  const busy = state.inside || state.focused;
  const frozen = busy && !state.apply && performance.now() - state.movedAt < REST_MS;
  const pinned = new Set<string>();
  if (!state.apply) {
    if (state.inside && state.pointerRow !== undefined) pinned.add(state.pointerRow);
    if (state.focused && active !== undefined) pinned.add(active);
  }
  state.apply = false;
  shown.current = settleOrder(shown.current, wanted, pinned, frozen);
  const order = shown.current;
  const wantedIndex = new Map(wanted.map((id, index) => [id, index]));

  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(order.length, Math.ceil((view.top + view.height) / ROW_HEIGHT) + OVERSCAN);
  const activeIndex = active === undefined ? -1 : order.indexOf(active);

  const move = (to: number) => {
    // A key applies the order that was held back; then the key acts in the new order.
    shown.current = settleOrder(shown.current, wanted, new Set(), false);
    const index = Math.max(0, Math.min(shown.current.length - 1, to));
    const id = shown.current[index];
    if (id === undefined) return;
    state.apply = true;
    state.movedAt = performance.now();
    setActive(id);
    if (!rows.groups.has(id)) select(id);
    scrollTo(scroller.current, index);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== scroller.current) return;
    const from = active === undefined ? -1 : settleOrder(shown.current, wanted, new Set(), false).indexOf(active);
    const page = Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 1);
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(from + 1),
      ArrowUp: () => move(Math.max(0, from - 1)),
      PageDown: () => move(from + page),
      PageUp: () => move(from - page),
      Home: () => move(0),
      End: () => move(order.length - 1),
      Enter: () => {
        if (active !== undefined && rows.groups.has(active)) return toggle(active);
        if (active !== undefined) select(active);
        props.centre();
      },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  return (
    <section className="panel tracks" aria-label={words.t("region.tracks")}>
      <header className="panel-head">
        <h2>{words.t("tracks.title")}</h2>
        <span className="count">
          {ranked.length === props.total ? words.number(props.total) : words.t("tracks.some", { shown: ranked.length, total: props.total })}
        </span>
        <SearchField
          className="filter"
          value={props.filter}
          onChange={props.setFilter}
          onSubmit={() => {
            if (place !== undefined) props.goTo(place);
            // Enter on a name: the best match is chosen, and the hand is in the table.
            else if (props.filter !== "" && ranked[0] !== undefined) {
              select(ranked[0].track.id);
              scroller.current?.focus();
            }
          }}
        >
          <Label className="visually-hidden">{words.t("tracks.filter")}</Label>
          <Input ref={filterBox} placeholder={words.t("tracks.filter")} />
          <Button className="filter-clear" aria-label={words.t("tracks.clear-filter")}>
            <Icon name="close" />
          </Button>
        </SearchField>
        <Button
          className="icon-button filters-button"
          aria-label={words.t("filter.title")}
          aria-expanded={props.filtersOpen}
          data-on={!isEmpty(props.fields) || undefined}
          onPress={() => props.setFiltersOpen(!props.filtersOpen)}
        >
          <Icon name="filter" />
        </Button>
      </header>
      {props.filtersOpen ? <FilterPanel fields={props.fields} set={props.setFields} /> : null}
      {props.hidden + props.kept > 0 ? (
        <FilterState
          hidden={props.hidden}
          kept={props.kept}
          clear={() => {
            props.setFilter("");
            props.setFields({});
          }}
        />
      ) : null}
      <div
        className="rows"
        role="grid"
        ref={scroller}
        // One tab stop; arrows move inside it.
        tabIndex={0}
        aria-rowcount={order.length + 1}
        aria-colcount={COLUMNS.length}
        aria-label={words.t("tracks.rows")}
        aria-activedescendant={activeIndex >= first && activeIndex < last ? rowId(active!) : undefined}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target !== scroller.current) return;
          state.focused = true;
          if (active === undefined && order.length > 0) setActive(order[0]);
        }}
        onBlur={() => {
          state.focused = false;
        }}
        onPointerMove={() => {
          state.movedAt = performance.now();
        }}
        onPointerEnter={() => {
          state.inside = true;
        }}
        onPointerLeave={() => {
          state.inside = false;
          state.pointerRow = undefined;
          hover(undefined);
        }}
        onScroll={(event) => {
          const top = event.currentTarget.scrollTop;
          setView((before) => ({ ...before, top }));
        }}
      >
        <div role="rowgroup" className="rows-head">
          <div className="row-head" role="row" aria-rowindex={1} tabIndex={-1}>
            {COLUMNS.map((column) => {
              const isSorted = props.sorting.key === column.key;
              return (
                <div
                  key={column.key}
                  role="columnheader"
                  className={column.className}
                  aria-sort={isSorted ? (props.sorting.descending ? "descending" : "ascending") : "none"}
                  tabIndex={-1}
                >
                  <Button
                    className="sort"
                    onPress={() => {
                      state.apply = true;
                      props.setSorting({ key: column.key, descending: isSorted ? !props.sorting.descending : false });
                    }}
                  >
                    {words.t(column.label)}
                    {isSorted ? <Icon name={props.sorting.descending ? "down" : "up"} /> : null}
                  </Button>
                </div>
              );
            })}
          </div>
        </div>
        <div className="rows-sizer" role="rowgroup" style={{ blockSize: order.length * ROW_HEIGHT }}>
          {order.slice(first, last).map((id, offset) => {
            const index = first + offset;
            const group = rows.groups.get(id);
            if (group !== undefined)
              return (
                <GroupTableRow
                  key={id}
                  row={group}
                  index={index}
                  rank={(wantedIndex.get(id) ?? index) + 1}
                  active={id === active}
                  onPress={() => {
                    setActive(id);
                    toggle(id);
                  }}
                  onEnter={() => {
                    state.pointerRow = id;
                  }}
                />
              );
            const entry = byId.get(id);
            if (entry === undefined) return null;
            return (
              <TrackRow
                key={id}
                entry={entry}
                index={index}
                rank={(wantedIndex.get(id) ?? index) + 1}
                move={pendingMove(id, index, wantedIndex)}
                selected={id === selected}
                active={id === active}
                hovered={id === hovered}
                onPress={() => {
                  setActive(id);
                  select(id);
                }}
                onEnter={() => {
                  state.pointerRow = id;
                  hover(id);
                }}
              />
            );
          })}
        </div>
      </div>
      {place === undefined ? null : (
        <Button className="button go" onPress={() => props.goTo(place)}>
          {words.t("search.go", { place: words.mgrs(place) || words.latLon(place) })}
          <kbd>
            <Icon name="enter" />
          </kbd>
        </Button>
      )}
      {order.length === 0 && place === undefined ? (
        <p className="empty">{words.t(props.total === 0 ? "tracks.none" : "tracks.none-match")}</p>
      ) : null}
    </section>
  );
});

function scrollTo(element: HTMLElement | null, index: number): void {
  if (element === null) return;
  const top = index * ROW_HEIGHT;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight - HEAD_HEIGHT)
    element.scrollTop = top + ROW_HEIGHT - (element.clientHeight - HEAD_HEIGHT);
}

/** What waits for a person, in one word. */
function AttentionMark({ track }: { track: TrackView }) {
  const words = useWords();
  const { state } = track.attention;
  if (state !== "due" && state !== "overdue" && state !== "reopened") return null;
  return (
    <span className="mark-attention" data-state={state}>
      {words.t(`attention-mark.${state}`)}
    </span>
  );
}

interface GroupRowProps {
  row: GroupRow;
  index: number;
  rank: number;
  active: boolean;
  onPress(): void;
  onEnter(): void;
}

/** Many that fly together: how many there are at least and at most, the soonest of them, and whether it is open. */
function GroupTableRow({ row, index, rank, active, onPress, onEnter }: GroupRowProps) {
  const words = useWords();
  const { group, members, open } = row;
  const best = members[0]!;
  const soonest = Math.min(...members.map(({ approach }) => approach?.reachesIn ?? Number.POSITIVE_INFINITY));
  const waiting = members.find(({ track }) => ["overdue", "due", "reopened"].includes(track.attention.state));
  return (
    <div
      id={rowId(group.id)}
      className="row group-row"
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      data-group={group.id}
      data-active={active || undefined}
      data-affiliation={best.track.affiliation}
      style={{ insetBlockStart: index * ROW_HEIGHT }}
      onClick={onPress}
      onPointerEnter={onEnter}
    >
      <div role="gridcell" className="cell-rank">
        <span className="rank">{words.number(rank)}</span>
      </div>
      <div role="gridcell" className="cell-track" aria-expanded={open}>
        <TrackSymbol track={best.track} box={30} size={17} />
        <span className="names">
          <span className="name">
            <Icon name={open ? "up" : "down"} />
            <Ltr>{group.id}</Ltr>
            <abbr className="letter" title={words.affiliation(best.track.affiliation)}>
              {AFFILIATION_LETTER[best.track.affiliation]}
            </abbr>
            <span className="visually-hidden">{words.affiliation(best.track.affiliation)}</span>
          </span>
          <span className="sub">
            {waiting === undefined ? null : <AttentionMark track={waiting.track} />}
            {words.t("group.objects", { low: words.number(group.countLow), high: words.number(group.countHigh) })}
          </span>
        </span>
      </div>
      <div role="gridcell" className="cell-asset">
        {soonest < 3600 ? (
          <span className="soon" data-soon={soonest < 60 || undefined}>
            {soonest === 0 ? words.t("approach.inside") : words.countdown(soonest)}
          </span>
        ) : null}
        <span className="sub">{words.t("group.tracks", { count: members.length })}</span>
      </div>
    </div>
  );
}

interface RowProps {
  entry: RankedTrack;
  index: number;
  rank: number;
  move: "up" | "down" | undefined;
  selected: boolean;
  active: boolean;
  hovered: boolean;
  onPress(): void;
  onEnter(): void;
}

const TrackRow = memo(function TrackRow({ entry, index, rank, move, selected, active, hovered, onPress, onEnter }: RowProps) {
  const words = useWords();
  const { track, approach } = entry;
  const now = usePictureClock(1_000);
  const age = Math.max(0, (now - track.measuredAtUs) / 1e6);
  const height = shownHeight(track.position);
  const name = claimedName(track);
  return (
    <div
      id={rowId(track.id)}
      className="row"
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-track={track.id}
      data-active={active || undefined}
      data-hovered={hovered || undefined}
      data-affiliation={track.affiliation}
      data-freshness={track.freshness}
      style={{ insetBlockStart: index * ROW_HEIGHT }}
      onClick={onPress}
      onPointerEnter={onEnter}
    >
      <div role="gridcell" className="cell-rank">
        <span className="rank">
          {words.number(rank)}
          {track.threat.score === 0 ? null : (
            <span className="score" title={words.t("tracks.score")}>
              <span className="visually-hidden">{words.t("tracks.score")} </span>
              {words.number(Math.round(track.threat.score * 100))}
            </span>
          )}
        </span>
        {move === undefined ? null : (
          <span className="move" title={words.t(move === "up" ? "tracks.moves-up" : "tracks.moves-down")}>
            <Icon name={move} />
            <span className="visually-hidden">{words.t(move === "up" ? "tracks.moves-up" : "tracks.moves-down")}</span>
          </span>
        )}
      </div>
      <div role="gridcell" className="cell-track">
        <TrackSymbol track={track} box={30} size={17} />
        <span className="names">
          <span className="name">
            <TrackId id={track.id} />
            <abbr className="letter" title={words.affiliation(track.affiliation)}>
              {AFFILIATION_LETTER[track.affiliation]}
            </abbr>
            <span className="visually-hidden">{words.affiliation(track.affiliation)}</span>
            {track.groupId === null ? null : (
              <span className="group-tag" title={words.t("group.tag", { id: track.groupId })}>
                <span className="visually-hidden">{words.t("group.tag", { id: "" })}</span>
                <Ltr>{track.groupId}</Ltr>
              </span>
            )}
            <span className="visually-hidden">{track.origin === "live" ? "" : words.t(`origin.${track.origin}`)}</span>
          </span>
          <span className="sub" dir="auto">
            <AttentionMark track={track} />
            {name === undefined ? words.t("class.none", { class: track.classification }) : <Ltr>{name}</Ltr>}
          </span>
        </span>
      </div>
      <div role="gridcell" className="cell-asset">
        {approach === undefined ? (
          <span className="sub" dir="auto">
            {words.t("value.none")}
          </span>
        ) : approach.reachesIn !== undefined && approach.reachesIn < 3600 ? (
          <>
            <span className="soon" data-soon={approach.reachesIn < 60 || undefined}>
              {approach.reachesIn === 0 ? words.t("approach.inside") : words.countdown(approach.reachesIn)}
            </span>
            <span className="sub" dir="auto">
              {approach.name}
            </span>
          </>
        ) : (
          <>
            <span className="away">{words.distance(approach.distance)}</span>
            <span className="sub" dir="auto">
              {approach.name}
            </span>
          </>
        )}
      </div>
      <div role="gridcell" className="cell-height">
        {height === undefined ? words.t("value.none") : words.number(height.metres)}
      </div>
      <div role="gridcell" className="cell-speed">
        {words.number(track.speedMps)}
      </div>
      <div role="gridcell" className="cell-age">
        <FreshnessMark freshness={track.freshness} age={age} />
      </div>
    </div>
  );
});
