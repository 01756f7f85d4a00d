import { type Ref, useState } from "react";
import { Button } from "react-aria-components";
import type { ClaimView, TrackView } from "../../core/model/picture-view.ts";
import { useActing, usePress } from "../acting.ts";
import type { Selection } from "../app.tsx";
import { DecisionActs, type DecisionHandle } from "../decision/decision-acts.tsx";
import { AttentionBar, DecisionPart } from "../decision/decision-part.tsx";
import { AssociationsPart, NotesPart } from "../decision/track-sayings.tsx";
import { usePicture, usePictureClock } from "../live/use-picture.tsx";
import { rangeAndBearing } from "../map/ruler.ts";
import { AFFILIATION_LETTER } from "../map/symbol-code.ts";
import { CasePart } from "../response/case-part.tsx";
import { type MessageKey, shownHeight, type Words } from "../strings/words.ts";
import { Ltr, useWords } from "../strings/words-context.tsx";
import { FreshnessMark, OriginTag } from "../system/marks.tsx";
import { CloseButton, Fact, Section } from "../system/pane-head.tsx";
import { type AssetPlace, approachOf } from "./approach.ts";
import { TrackSymbol } from "./symbol.tsx";

interface Props {
  id: string;
  assets: readonly AssetPlace[];
  close(): void;
  centre(): void;
  /** Turns a camera to the track; absent where the site has none. */
  slew?: (() => void) | undefined;
  select(selection: Selection): void;
  decision: Ref<DecisionHandle>;
}

const COMPASS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;

/** Everything about one track: what it is, how soon it matters, what it says of itself, who saw it, how sure. */
export function TrackPane({ id, assets, close, centre, slew, select, decision }: Props) {
  const words = useWords();
  const picture = usePicture();
  const now = usePictureClock(500);
  const press = usePress();
  const track = picture.tracks.get(id);
  if (track === undefined) {
    return (
      <div className="pane">
        <header className="pane-head">
          <h2>
            <Ltr>{id}</Ltr>
          </h2>
          <CloseButton close={close} />
        </header>
        <p className="ended" role="status">
          {words.t("track.ended")}
        </p>
      </div>
    );
  }
  const approach = approachOf(track, assets, picture.site?.zones);
  const height = shownHeight(track.position);
  const age = (now - track.measuredAtUs) / 1e6;
  const compass = words.t(`compass.${COMPASS[Math.round((((track.courseDegrees % 360) + 360) % 360) / 45) % 8]!}`);
  const mgrs = words.mgrs(track.position);

  return (
    <div className="pane" data-track={track.id} data-affiliation={track.affiliation}>
      <header className="pane-head">
        <TrackSymbol track={track} box={56} size={32} />
        <div className="pane-title">
          <h2>
            <Ltr>{track.id}</Ltr> <OriginTag origin={track.origin} />
          </h2>
          <p className="pane-sub">
            <span className="affiliation" data-affiliation={track.affiliation}>
              <span aria-hidden="true">{AFFILIATION_LETTER[track.affiliation]} · </span>
              {words.affiliation(track.affiliation)}
            </span>
            <span>
              {track.className === "unknown"
                ? words.t("class.words", { class: track.classification })
                : words.t(`class-name.${track.className}`)}
            </span>
          </p>
        </div>
        <CloseButton close={close} />
      </header>

      <div className="pane-body">
        <AttentionBar track={track} now={now} />
        <div className="approach" data-soon={approach?.reachesIn !== undefined && approach.reachesIn < 60 ? true : undefined}>
          {approach === undefined ? (
            <p>{words.t("approach.no-assets")}</p>
          ) : approach.reachesIn === undefined ? (
            <>
              <p className="approach-figure">{words.distance(approach.distance)}</p>
              <p>{words.t("approach.passes", { asset: approach.name })}</p>
            </>
          ) : approach.reachesIn === 0 ? (
            <>
              <p className="approach-figure">{words.t("approach.inside")}</p>
              <p>
                {approach.kind === "zone"
                  ? words.t("approach.inside-zone", { zone: approach.name })
                  : words.t("approach.inside-of", { asset: approach.name, distance: words.distance(approach.distance) })}
              </p>
            </>
          ) : (
            <>
              <p className="approach-figure">{words.countdown(approach.reachesIn)}</p>
              <p>
                {approach.kind === "zone"
                  ? words.t("approach.reaches-zone", { zone: approach.name, distance: words.distance(approach.distance) })
                  : words.t("approach.reaches", { asset: approach.name, distance: words.distance(approach.distance) })}
              </p>
            </>
          )}
        </div>

        <dl className="figures">
          <div>
            <dt>{words.t("track.height")}</dt>
            <dd>{height === undefined ? words.t("value.unknown") : words.height(height.metres)}</dd>
            <dd className="figure-note">{height === undefined ? "" : words.t(`height.${height.kind}`)}</dd>
          </div>
          <div>
            <dt>{words.t("track.speed")}</dt>
            <dd>{words.speed(track.speedMps)}</dd>
            <dd className="figure-note">{climb(track, words)}</dd>
          </div>
          <div>
            <dt>{words.t("track.course")}</dt>
            <dd>{track.speedMps < 0.5 ? words.t("value.none") : words.bearing(track.courseDegrees)}</dd>
            <dd className="figure-note">{track.speedMps < 0.5 ? words.t("track.hovering") : compass}</dd>
          </div>
          <div>
            <dt>{words.t("track.age")}</dt>
            <dd>
              <FreshnessMark freshness={track.freshness} age={age} />
            </dd>
            <dd className="figure-note">{words.t(`status.${track.status}`)}</dd>
          </div>
        </dl>

        <DecisionPart track={track} now={now} press={press} selectTrack={(other) => select({ kind: "track", id: other })} />
        <CasePart key={`case/${track.id}`} track={track} now={now} />
        <NotesPart key={`notes/${track.id}`} track={track} />
        <AssociationsPart key={`same/${track.id}`} track={track} />

        {track.claims.length > 0 ? (
          <Section title={words.t("claims.title")} note={words.t("claims.note")}>
            {track.claims.map((claim) => (
              <ClaimCard
                key={`${claim.sensorId}/${claim.transport ?? ""}/${claim.serial ?? claim.callsign ?? claim.icao24 ?? ""}`}
                claim={claim}
                track={track}
                now={now}
                select={select}
              />
            ))}
          </Section>
        ) : (
          <Section title={words.t("claims.title")}>
            <p className="why quiet">{words.t("claims.none")}</p>
          </Section>
        )}

        <Section title={words.t("seen.title")} note={words.t("seen.sensors", { count: track.contributions.length })}>
          <ul className="contributions">
            {track.contributions.map((contribution) => {
              const sensor = picture.sensors.get(contribution.sensorId);
              return (
                <li key={contribution.sensorId}>
                  <Button className="link" onPress={() => select({ kind: "sensor", id: contribution.sensorId })}>
                    {sensor?.name ?? contribution.sensorId}
                  </Button>
                  <span className="quiet">{words.t("seen.detections", { count: contribution.detections })}</span>
                  <span className="quiet end">{words.t("time.ago", { time: words.duration((now - contribution.lastAtUs) / 1e6) })}</span>
                </li>
              );
            })}
          </ul>
        </Section>

        <Section title={words.t("track.where")}>
          <dl className="facts">
            {mgrs === "" ? null : (
              <Fact name={words.t("track.mgrs")}>
                <Ltr className="mono">{mgrs}</Ltr>
              </Fact>
            )}
            <Fact name={words.t("track.latlon")}>
              <Ltr className="mono">{words.latLon(track.position)}</Ltr>
            </Fact>
            <Fact name={words.t("track.heights")}>{heights(track, words)}</Fact>
            <Fact name={words.t("track.ellipse")}>
              {words.t("track.ellipse-value", {
                major: words.distance(track.ellipse.semiMajorMetres),
                minor: words.distance(track.ellipse.semiMinorMetres),
              })}
            </Fact>
            <Fact name={words.t("track.vertical")}>
              {track.verticalSigmaMetres === null ? words.t("value.unknown") : `± ${words.height(1.96 * track.verticalSigmaMetres)}`}
            </Fact>
            <Fact name={words.t("track.existence")}>
              {words.t("value.percent", { value: words.number(Math.floor(track.existence * 1000) / 10, 1) })}
            </Fact>
            <Fact name={words.t("track.first")}>
              {words.t("track.first-value", { clock: words.clock(track.firstAtUs), time: words.duration((now - track.firstAtUs) / 1e6) })}
            </Fact>
          </dl>
        </Section>

        {track.identities.length > 0 ? (
          <Section title={words.t("identities.title")}>
            <dl className="facts">
              {track.identities.map((identity) => (
                <Fact key={`${identity.scheme}/${identity.value}`} name={words.tMaybe(`scheme.${identity.scheme}`) ?? identity.scheme}>
                  <Ltr className="mono">{identity.value}</Ltr>
                </Fact>
              ))}
            </dl>
          </Section>
        ) : null}
      </div>
      <footer className="pane-foot">
        <DecisionActs key={track.id} track={track} press={press} ref={decision} />
        <Button className="button" onPress={centre}>
          {words.t("key.centre")} <kbd>C</kbd>
        </Button>
        {slew === undefined ? null : (
          <Button className="button" onPress={slew}>
            {words.t("camera.slew")} <kbd>W</kbd>
          </Button>
        )}
      </footer>
    </div>
  );
}

function climb(track: TrackView, words: Words): string {
  if (Math.abs(track.velocityUpMps) < 0.5) return words.t("track.level");
  return words.t(track.velocityUpMps > 0 ? "track.climbs" : "track.descends", { speed: words.speed(Math.abs(track.velocityUpMps)) });
}

function heights(track: TrackView, words: Words): string {
  const { heightAmslMetres, heightHaeMetres } = track.position;
  const parts: string[] = [];
  if (heightAmslMetres !== null) parts.push(words.t("height.amsl-value", { value: words.height(heightAmslMetres) }));
  if (heightHaeMetres !== null) parts.push(words.t("height.hae-value", { value: words.height(heightHaeMetres) }));
  return parts.length === 0 ? words.t("value.unknown") : parts.join(" · ");
}

const CLAIM_TEXTS: readonly (keyof ClaimView)[] = [
  "serial",
  "sessionId",
  "caaRegistration",
  "operatorId",
  "callsign",
  "icao24",
  "squawk",
  "category",
  "model",
  "description",
  "emergency",
  "operationalStatus",
];

/**
 * A file that a sensor names. The address is text and no link: this screen never asks another host. What the server fetched from an allowed
 * address is shown where it is a picture and saved otherwise.
 */
function ClaimFile({ trackId, file: { type, url } }: { trackId: string; file: { type: string; url: string } }) {
  const words = useWords();
  const { canAct } = useActing();
  const [state, setState] = useState<"closed" | "busy" | "picture" | "other" | { refusal: string }>("closed");
  const source = `/api/v1/tracks/${encodeURIComponent(trackId)}/file?url=${encodeURIComponent(url)}`;
  const open = async () => {
    setState("busy");
    try {
      // The answer stays in this browser for a minute: the picture or the saved file is not asked of the sensor again.
      const answer = await fetch(source);
      if (answer.ok) {
        await answer.blob();
        return setState(answer.headers.get("content-type")?.startsWith("image/") ? "picture" : "other");
      }
      const { detail } = (await answer.json()) as { detail?: unknown };
      setState({ refusal: typeof detail === "string" ? detail : `HTTP ${answer.status}` });
    } catch (error) {
      setState({ refusal: (error as Error).message });
    }
  };
  return (
    <span className="claim-file">
      <Ltr className="mono">{`${type} ${url}`}</Ltr>
      {!canAct || state === "picture" || state === "other" ? null : (
        <Button className="button small" isDisabled={state === "busy"} onPress={open}>
          {words.t("claim.file-open")}
        </Button>
      )}
      {typeof state === "object" ? (
        <span className="press-refusal" role="alert">
          <Ltr>{state.refusal}</Ltr>
        </span>
      ) : null}
      {state === "picture" ? <img src={source} alt={words.t("claim.file-picture", { track: trackId })} /> : null}
      {state === "other" ? (
        <a href={source} download>
          {words.t("claim.file-save")}
        </a>
      ) : null}
    </span>
  );
}

/** What the object, or a partner, says of it; never more than a claim, and labelled so on each card. */
function ClaimCard({ claim, track, now, select }: { claim: ClaimView; track: TrackView; now: number; select(selection: Selection): void }) {
  const words = useWords();
  const picture = usePicture();
  const operator = claim.operator;
  const reach = operator === undefined ? undefined : rangeAndBearing(operator, track.position).metres;
  // Where a patrol would look for the person: from the nearest protected asset.
  const nearest =
    operator === undefined
      ? undefined
      : picture.site?.assets
          .map((asset) => ({ name: asset.name, ...rangeAndBearing(asset, operator) }))
          .reduce<{ name: string; metres: number; degrees: number } | undefined>(
            (best, next) => (best === undefined || next.metres < best.metres ? next : best),
            undefined,
          );
  return (
    <div className="claim">
      <p className="claim-head">
        <span className="claim-mark">{words.t("claims.mark")}</span>
        <Button className="link" onPress={() => select({ kind: "sensor", id: claim.sensorId })}>
          {picture.sensors.get(claim.sensorId)?.name ?? claim.sensorId}
        </Button>
        <span className="quiet end">{words.t("time.ago", { time: words.duration((now - claim.heardAtUs) / 1e6) })}</span>
      </p>
      <dl className="facts">
        {CLAIM_TEXTS.map((name) => {
          const value = claim[name];
          return value === undefined || value === "" ? null : (
            <Fact key={name} name={words.t(`claim.${name}` as MessageKey)}>
              <Ltr className="mono">{String(value)}</Ltr>
            </Fact>
          );
        })}
        {claim.claimedAffiliation === undefined ? null : (
          <Fact name={words.t("claim.claimedAffiliation")}>{words.affiliation(claim.claimedAffiliation)}</Fact>
        )}
        {claim.onGround === undefined ? null : (
          <Fact name={words.t("claim.onGround")}>{words.t(claim.onGround ? "value.yes" : "value.no")}</Fact>
        )}
        {claim.heightAboveTakeoffMetres === undefined ? null : (
          <Fact name={words.t("claim.heightAboveTakeoff")}>{words.height(claim.heightAboveTakeoffMetres)}</Fact>
        )}
        {operator === undefined ? null : (
          <>
            <Fact name={words.t(`claim.operator-${operator.kind}`)}>
              <Ltr className="mono">{words.latLon(operator)}</Ltr>
            </Fact>
            <Fact name={words.t("claim.operator-distance")}>{words.distance(reach ?? 0)}</Fact>
            {nearest === undefined ? null : (
              <Fact name={words.t("claim.operator-from")}>
                {words.t("ruler.value", {
                  asset: nearest.name,
                  distance: words.distance(nearest.metres),
                  bearing: words.bearing(nearest.degrees),
                })}
              </Fact>
            )}
          </>
        )}
        {claim.transport === undefined ? null : (
          <Fact name={words.t("claim.transport")}>
            <Ltr>{claim.transport}</Ltr>
          </Fact>
        )}
        {claim.files === undefined ? null : (
          <Fact name={words.t("claim.files")}>
            {claim.files.map((file) => (
              <ClaimFile key={file.url} trackId={track.id} file={file} />
            ))}
          </Fact>
        )}
      </dl>
    </div>
  );
}
