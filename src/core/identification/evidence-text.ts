// English sentences of evidence and findings, by key. The console has the same keys in its own languages; values are numbers in SI
// units, already rounded, or short texts.

const TEXTS: Readonly<Record<string, string>> = {
  // Class: what it looks and behaves like.
  "class-prior": "how often such objects are seen at this site",
  "class-speed": "it flies at {speed} m/s (1 sigma {sigma})",
  "class-stands": "it has hung still for {seconds} s",
  "class-stop-and-go": "it stops and goes: still for {standing} % of {seconds} s, else at {speed} m/s",
  "class-gets-nowhere": "it seems to move at {speed} m/s but stays where it is",
  "class-gets-on": "it gets on as fast as it moves",
  "class-turns": "it turns by up to {turn} deg/s and changes speed by up to {gain} m/s each second",
  "class-changes-speed": "it changes speed by up to {gain} m/s each second without turning",
  "class-steady": "course and speed have been steady for {seconds} s",
  "class-lively": "for {seconds} s it has manoeuvred: the tracker needs {agility} m^2/s^3 to follow it",
  "class-calm": "for {seconds} s it has flown so evenly that the tracker needs only {agility} m^2/s^3 to follow it",
  "class-climbs": "it climbs at {climb} m/s",
  "class-descends": "it descends at {climb} m/s",
  "class-level": "it keeps its height",
  "class-height": "it is {height} m above the site (1 sigma {sigma})",
  "class-company": "it flies together with {count} others, of which {share} % look like drones",
  "class-support": "it was seen in {share} % of all looks",
  "class-persists": "it has been there for {seconds} s; false tracks rarely last",
  "class-pattern-uas": "taken together, how it has flown for {seconds} s is more like drones than each of these says by itself",
  "class-pattern-bird": "taken together, how it has flown for {seconds} s is more like birds than each of these says by itself",
  "class-pattern-manned": "taken together, how it has flown for {seconds} s is more like manned aircraft than each of these says by itself",
  "class-pattern-lta": "taken together, how it has flown for {seconds} s is more like balloons and kites than each of these says by itself",
  "class-pattern-ground":
    "taken together, how it has flown for {seconds} s is more like vehicles and people on the ground than each of these says by itself",
  "class-pattern-clutter": "taken together, how it has flown for {seconds} s is more like clutter than each of these says by itself",
  "class-drifts-with-wind":
    "it goes where the wind goes: {speed} m/s towards {course} deg in a wind of {windSpeed} m/s towards {windCourse} deg",
  "class-not-with-wind": "it does not drift: {speed} m/s towards {course} deg while the wind goes {windSpeed} m/s towards {windCourse} deg",
  "class-rcs": "{sensor} measures a mean echo of {rcs} dBsm over {looks} looks",
  "class-micro-doppler-rotor": "{sensor} sees rotors turn",
  "class-micro-doppler-propeller": "{sensor} sees a propeller turn",
  "class-micro-doppler-flap": "{sensor} sees wings beat",
  "class-micro-doppler-none": "{sensor} looks for moving parts and sees none",
  "class-radio": "{sensor} hears it transmit in bands that drones use",
  "class-label": "{sensor} calls it {label}",
  "class-remote-id": "it broadcasts Remote ID",
  "class-transponder": "it answers by transponder where a radar sees it",
  "class-transponder-claimed": "it reports itself by ADS-B or transponder",
  "class-claim": "it says that it is: {category} (heard by {sensor})",
  // Affiliation: what the sources say.
  "affiliation-prior": "before any evidence",
  "affiliation-own-authenticated": "an own system reports it over a link whose signatures were checked ({identity})",
  "affiliation-remote-id-broadcast": "it broadcasts Remote ID ({identity}); anybody can send one, so this is weak",
  "affiliation-remote-id-silent": "{sensor} would hear a Remote ID there and hears none",
  "affiliation-adsb-supported": "its ADS-B position ({identity}) and a radar echo have agreed for {seconds} s",
  "affiliation-adsb-claimed": "it reports itself by ADS-B ({identity}); no radar looks there to confirm it",
  "affiliation-adsb-silent": "at {speed} m/s and {height} m a transponder is expected, {sensor} would hear it and hears none",
  "affiliation-partner-says": "partner {source} calls it {affiliation}",
  "affiliation-no-approach": "it is not making for any protected asset",
  "affiliation-companion": "it keeps company with {friend}, {distance} m away, and nobody announced it",
  "affiliation-approaching": "it is heading for {asset}: closest point {distance} m, in {seconds} s",
  "affiliation-inside": "it is inside the keep-out of {asset}, {distance} m away",
  "affiliation-loitering": "it has stayed near {asset} for {seconds} s",
  "affiliation-run-in": "it has held straight for {asset} for {seconds} s",
  "affiliation-run-in-fast": "it has held straight for {asset} for {seconds} s, low and fast: {speed} m/s at {height} m",
  "affiliation-declared": "{source} declared it {affiliation}: {reason}",
  // Friends.
  "friend-plan": "it is where and when {name} ({owner}) was announced",
  "friend-plan-shared": "{count} contacts are in the plan of {name}; it speaks for none of them",
  "friend-identity": "it carries the announced identity of {name} ({identity})",
  "friend-identity-missing": "{name} should broadcast {identity}; {sensor} would hear it and does not",
  "friend-identity-twice": "the identity of {name} ({identity}) is heard in {count} places",
  "friend-identity-off-plan": "it carries the identity of {name} ({identity}) off its plan: the friend strayed, or somebody copies it",
  "friend-off-plan": "it carries the identity of {name} but is {distance} m outside its plan",
  "friend-off-plan-time": "it carries the identity of {name} at a time for which nothing is announced",
  "friend-left-plan": "{name} left its plan: {distance} m outside",
  "friend-overdue": "{name} flies on after its announced end",
  // A second contact beside a friend.
  "companion-follows": "it follows {friend} in its corridor, {distance} m away, and nobody announced it",
  "companion-near": "it flies beside {friend}, {distance} m away, and nobody announced it",
  "companion-in-corridor": "it is in the corridor of {friend}, {distance} m away, and nobody announced it",
  "companion-two-plots": "{sensor} sees two echoes where the track of {friend} is",
  // A person's dismissal that stopped fitting.
  "dismissal-upwind":
    "dismissed as a balloon, but it moves at {speed} m/s towards {course} deg while the wind goes {windSpeed} m/s towards {windCourse} deg",
  "dismissal-manoeuvre": "dismissed as {reason}, but it changed its motion by {change} m/s",
  "dismissal-too-fast": "dismissed as {reason}, but it flies at {speed} m/s",
  "dismissal-rotor": "dismissed as {reason}, but {sensor} sees turning blades",
  "dismissal-straight-inbound": "dismissed as a bird, but for {seconds} s it has flown straight at {asset} at constant height",
  "dismissal-hovers": "dismissed as {reason}, but it has hung still for {seconds} s",
  "dismissal-off-plan": "dismissed as a friend, but it is {distance} m outside the plan of {name}",
  "dismissal-not-announced": "dismissed as a friend, but no announced flight covers it and it is heading for {asset}",
  "dismissal-contradicted-identity": "dismissed as a friend, but its identity is contradicted: {finding}",
  "dismissal-low-and-slow": "dismissed as an aircraft, but it flies at {speed} m/s and {height} m without a transponder",
  "dismissal-no-transponder":
    "dismissed as an aircraft, but at {speed} m/s and {height} m {sensor} would hear a transponder and hears none",
  "dismissal-moved-away": "dismissed as clutter, but it moved {distance} m from where it was",
  "dismissal-approaches": "dismissed as {reason}, but it makes for {asset} and is {distance} m closer than then",
  "dismissal-class": "dismissed as {reason}, but what is seen of it since leaves {percent} % for that",
  "dismissal-companion": "dismissed as {reason}, but it keeps company with {friend}",
  // Broadcasts: contradictions.
  "emitter-no-radar-support":
    "{identity} claims to fly where {sensor} sees such objects, but {misses} of {looks} looks found no echo there",
  "emitter-bearing-disagrees":
    "{identity} transmits from somewhere else: {bearings} measured directions or places were compared, the newest misfit is {off} {unit}",
  "emitter-signal-disagrees": "{sensor} hears {identity} at {level} dBm; from its claimed place {expected} dBm would be usual",
  "emitter-constant-signal":
    "{sensor} hears {identity} with a level that changes by {spread} dB while its claimed places would change it by {expected} dB",
  "emitter-impossible-motion":
    "{identity} claims places between which nothing can fly: {jumps} jumps and {misfits} speeds that do not fit, the newest jump at {speed} m/s",
  "emitter-serial-in-two-places": "{identity} is broadcast on two courses at once, {distance} m apart: one of them copies it",
  "emitter-replayed-time": "{identity} sends time stamps {age} s old, {repeats} of them heard before: a recording or a wrong clock",
  "emitter-many-identities": "{identity} is one of {count} identities that one transmitter sends (group {group})",
  "emitter-flood-address": "{count} identities come from one radio address (group {group})",
  "emitter-flood-signal": "{count} identities reach {sensor} as one transmitter would, although they claim to be far apart (group {group})",
  "emitter-flood-burst": "{count} identities appeared together and most of them are contradicted (group {group})",
  // Broadcasts: pieces of evidence.
  "emitter-radar": "radar saw {identity} where it claims to be in {hits} of {looks} looks",
  "emitter-bearing": "{bearings} measured directions or places of the transmission of {identity} were compared with its claimed place",
  "emitter-signal": "the strength of {identity} was compared with its claimed range",
  "emitter-constant": "the change of strength of {identity} was compared with the change of its claimed range",
  "emitter-motion": "the claimed places of {identity} were checked for motion that nothing can fly ({jumps} jumps)",
  "emitter-clock": "the time stamps of {identity} were compared with the clock ({age} s old)",
  "emitter-flood": "{identity} was compared with what else the same receivers hear (group {group})",
  "emitter-copied-first": "{identity} is broadcast in two places at once; this course had it first, but it proves nothing now",
  "emitter-copied-later": "{identity} is broadcast in two places at once; this course came later",
  "emitter-not-real": "there is probably no object where {identity} claims to be ({percent} %)",
  // Explanations of what a person saw in the sky.
  "sky-sun": "the Sun stood at {azimuth} deg, {elevation} deg high, {separation} deg from the report",
  "sky-moon": "the Moon stood at {azimuth} deg, {elevation} deg high, {separation} deg from the report",
  "sky-planet": "{name} (magnitude {magnitude}) stood at {azimuth} deg, {elevation} deg high, {separation} deg from the report",
  "sky-star": "the star {name} (magnitude {magnitude}) stood at {azimuth} deg, {elevation} deg high, {separation} deg from the report",
  "sky-satellite":
    "the satellite {name} passed at {azimuth} deg, {elevation} deg high, in sunlight, {separation} deg from the report (elements {age} days old)",
  "sky-track": "track {name} ({className}) was at {azimuth} deg, {kilometres} km away, {separation} deg from the report",
  "sky-track-manned": "aircraft {name} was at {azimuth} deg, {kilometres} km away, {separation} deg from the report",
  "sky-track-balloon": "track {name}, taken for a balloon, was at {azimuth} deg, {kilometres} km away, {separation} deg from the report",
  "sky-balloon": "a balloon that no sensor sees",
  "sky-balloon-wind": "a balloon that no sensor sees; it would go {speed} m/s towards {course} deg with the wind",
  "sky-none": "none of the {count} things that are known to be in the sky: treat it as something unknown",
  // What is not known yet and could be.
  "obtain-own-registration": "an announced flight that covers it",
  "obtain-authenticated-link": "an own system's signed link that reports it",
  "obtain-neighbour-theirs": "the neighbour says that it is theirs",
  "obtain-neighbour-not-theirs": "no neighbour knows it",
  "obtain-transponder": "a transponder with a radar echo at its place",
  "obtain-eye-contact-civil": "an observer sees a civil flight that goes its way",
  "obtain-eye-contact-threat": "an observer sees it carry or drop something",
  "obtain-run-in": "it holds straight for an asset",
  "obtain-rotor": "a radar sees turning blades",
  "obtain-flap": "a radar sees beating wings",
  "obtain-seen-uas": "an observer sees a drone",
  "obtain-seen-bird": "an observer sees a bird",
  "obtain-seen-manned": "an observer sees a manned aircraft",
  "obtain-seen-lta": "an observer sees a balloon",
};

/** The English sentence of a piece of evidence or a finding; the key itself where no sentence is known. */
export function evidenceText(key: string, values: Readonly<Record<string, string | number>>): string {
  const template = TEXTS[key];
  if (template === undefined) return key;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** Every key that has a sentence: catalogues of other languages are compared with it. */
export const evidenceKeys = (): string[] => Object.keys(TEXTS);
