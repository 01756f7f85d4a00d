// English sentences of alarms, prompts, rules and notifications, by catalogue key. The console has its own catalogue in both languages; this one is for the
// record, for webhooks and mail, and for logs.

type Values = Readonly<Record<string, string | number>>;

/** "{name}" is replaced by the value; what has none reads "?". A part in brackets is left out when one of its values is missing. */
const SENTENCES: Readonly<Record<string, string>> = {
  "alarm.keep-out-inside": "{track} is inside the keep-out[ of {asset}][ zone {zone}], probably a drone that nobody announced",
  "alarm.take-cover": "{track} may reach {asset}[ in {time} s][, bearing {bearing} degrees from it, {distance} m]",
  "alarm.inbound-unassessed":
    "{track} is on its way in and nobody has assessed it in time[; {asset} in {time} s][; zone {zone} in {time} s][, bearing {bearing} degrees]",
  "alarm.swarm":
    "About {count} drones together ({low} to {high})[, at {asset} in {time} s][, in zone {zone} in {time} s][, bearing {bearing} degrees]",
  "alarm.take-cover-undelivered": "TAKE COVER did not get through on {channels}: {reason}",
  "alarm.companion": "{track} follows {friend} in its corridor: a second contact that nobody announced",
  "alarm.dismissal-contradicted": "{track} was dismissed and does not behave like the reason any more",
  "alarm.zone-entry":
    "{track} is expected to enter the keep-out[ of {asset}][ zone {zone}][ in {time} s][, bearing {bearing} degrees, {distance} m]",
  "alarm.unannounced-drone": "{track} says who it is, but nobody announced it; it is expected[ at {asset}][ in zone {zone}][ in {time} s]",
  "alarm.identity-contradiction": "What {track} says of itself cannot be true ({finding})",
  "alarm.remote-id-flood": "{identities} Remote ID identities come from one transmitter, heard by {sensor}",
  "alarm.sensor-lost": "{sensor} is silent, and nothing else looks from {from} to {to} degrees",
  "alarm.recording-failed": "Nothing is recorded: {reason}",
  "alarm.overload": "DEGRADED: the system cannot keep up: {dropped} dropped ({reason})",
  "alarm.attention-full": "DEGRADED: more tracks come in than can be kept for assessment; {count} with the lowest scores are left out",
  "alarm.nothing-protected": "No asset and no zone is entered: no track is assessed and none will call",
  "alarm.notification-undelivered": "{count} notifications did not get through on {channels}: {reason}",
  "alarm.sensor-degraded": "{sensor} is silent; others still look there",
  "alarm.off-plan": "{track} carries a friend's identity outside its announced flight",
  "action.assess-now": "Look at it now; accept or dismiss it, or order cover",
  "action.order-take-cover": "Order TAKE COVER, unless you know what it is",
  "action.assess-group": "Assess the group as one; expect more than one direction",
  "action.call-by-voice": "Warn by voice and radio now",
  "action.look-at-second": "Look at the second contact; the friend's being a friend says nothing about it",
  "action.assess-again": "Assess it again",
  "action.assess": "Assess it: accept or dismiss it",
  "action.ask-neighbours": "Ask the neighbouring agencies and units whose it is",
  "action.do-not-trust-claim": "Do not believe what it says of itself; look at what the sensors measure",
  "action.rely-on-radar": "Rely on radar and camera; look for the transmitter",
  "action.cover-sector": "Cover the sector otherwise (camera, observers) and have the sensor repaired",
  "action.restore-recording": "Make room or bring the disk back; decisions cannot be recorded until then",
  "action.reduce-load": "Switch off what you need least",
  "action.call-more-people": "Call more people and work from the top of the list; assess groups as one",
  "action.name-what-is-protected": "Have the assets and zones of the site entered; until then watch the map yourself",
  "action.tell-by-voice": "Tell those who did not get it by voice, and have the channel repaired",
  "action.check-sensor": "Have the sensor checked",
  "action.call-owner": "Call the owner of the flight",
  "prompt.take-cover": "{track} reaches {asset} in {time} s: order TAKE COVER?",
  "notification.take-cover": "TAKE COVER: {assets}[. {text}] (ordered by {by})",
  "notification.all-clear": "All clear: {assets}[. {text}] (said by {by})",
  "notification.test": "Test of the channel {channel} by {by}. Nothing is happening",
  "rule.flood-member": "One of many identities of one transmitter, where radar would see a drone and sees none",
  "rule.friend": "{affiliation}, nothing speaks against it",
  "rule.bird": "Taken for a {className}, P(drone) {uas}",
  "rule.aircraft": "Taken for a crewed {className}, P(drone) {uas}",
  "rule.balloon": "Taken for a balloon, P(drone) {uas}",
  "rule.ground-or-clutter": "Taken for {className}",
  "rule.low-score": "Its threat score {score} is below the attention score",
  "rule.stopped-fitting": "The rule that assessed it does not fit any more",
  "reopened.behaviour": "It does not behave like the reason for which it was dismissed",
  "reopened.companion": "It is a second contact in a friend's corridor",
  "reopened.off-plan": "It left the plan of the friend that it was taken for",
  "reopened.serial": "The serial of the friend that it was taken for is in two places",
  "reopened.affiliation": "It is now taken for suspect or hostile",
  "reopened.score": "Its threat score rose well above that at which it was dismissed",
  "reopened.class": "It is very probably a drone",
};

/** Every key that has a sentence. */
export const ALERT_TEXT_KEYS: readonly string[] = Object.keys(SENTENCES);

/** English sentence; the key itself where there is none, because a sentence that is missing must be seen. */
export function alertText(key: string, values: Values): string {
  const sentence = SENTENCES[key];
  if (sentence === undefined) return key;
  const known = (name: string) => values[name] !== undefined && values[name] !== "";
  const withParts = sentence.replace(/\[([^\]]*)\]/g, (_, part: string) =>
    [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => known(name!)) ? part : "",
  );
  return withParts.replace(/\{(\w+)\}/g, (_, name: string) => (known(name) ? String(values[name]) : "?"));
}
