// How much each source of affiliation is worth: for every source, the probability of each thing it may declare, given the truth.
// The scheme is that of STANAG 4162 (combination of identification data: every source declares, a table of likelihoods weighs the
// declaration, Bayes' rule joins them). The standard leaves the figures to whoever runs the site; every figure below is an estimate
// of this project, to be set again from a site's own labels before anything is concluded from it.
//
// No row asks what kind of aircraft it is.

/** P(declaration | friend), P(declaration | neutral), P(declaration | hostile). */
export type Row = readonly [friend: number, neutral: number, hostile: number];
/** The declarations that one source can make; each column sums to 1. */
export type SourceTable = Readonly<Record<string, Row>>;

/** Before any evidence, for an object of which nothing is known but that it is tracked. */
export const AFFILIATION_PRIOR: Row = [0.1, 0.85, 0.05];

/** An own system over a link whose signatures the shell checked, and that reports the track itself. */
export const OWN_SYSTEM: SourceTable = {
  reports: [0.5, 0.000_25, 0.000_25],
  silent: [0.5, 0.999_75, 0.999_75],
};

/** A Remote ID broadcast, whoever sends it. `broadcast` is scaled by the receiver's coverage: see `remoteIdSilent`. */
export const REMOTE_ID: SourceTable = {
  broadcast: [0.6, 0.3, 0.2],
  silent: [0.4, 0.7, 0.8],
};

/** ADS-B of an object that flies as low or as slow as a drone may. */
export const ADSB_LOW_OR_SLOW: SourceTable = {
  supported: [0.02, 0.05, 0.002],
  claimed: [0.01, 0.02, 0.01],
  silent: [0.97, 0.93, 0.988],
};

/** ADS-B of an object that flies where and as fast as the rules of the air ask for a transponder. */
export const ADSB_HIGH_AND_FAST: SourceTable = {
  supported: [0.25, 0.78, 0.02],
  claimed: [0.05, 0.15, 0.08],
  silent: [0.7, 0.07, 0.9],
};

/** What a partner's system calls it (Cursor on Target). Pending and unknown say nothing. */
export const PARTNER: SourceTable = {
  friendly: [0.4, 0.1, 0.05],
  neutral: [0.1, 0.3, 0.05],
  hostile: [0.03, 0.08, 0.4],
  undecided: [0.47, 0.52, 0.5],
};

/** What a person declared here. */
export const PERSON: SourceTable = {
  friendly: [0.9, 0.05, 0.03],
  neutral: [0.06, 0.88, 0.07],
  hostile: [0.02, 0.03, 0.85],
  undecided: [0.02, 0.04, 0.05],
};

/**
 * What it does near protected assets. One source with graded declarations: approaching, being inside and staying depend on each
 * other and must not be counted one by one. Birds, balloons and passers-by are among the neutral.
 */
export const BEHAVIOUR: SourceTable = {
  none: [0.58, 0.7895, 0.125],
  approaching: [0.2, 0.1, 0.2],
  inside: [0.11, 0.05, 0.15],
  loitering: [0.08, 0.03, 0.12],
  "run-in": [0.025, 0.03, 0.3],
  "run-in-fast": [0.005, 0.000_5, 0.105],
};

/** What a neighbouring unit or authority answers when it is asked. Not asked by Picket: a person calls, and declares. */
export const NEIGHBOUR: SourceTable = {
  theirs: [0.7, 0.02, 0.02],
  "not-theirs": [0.3, 0.98, 0.98],
};

/** What an observer with a good view reports. */
export const EYE_CONTACT: SourceTable = {
  civil: [0.3, 0.8, 0.1],
  threat: [0.02, 0.005, 0.4],
  unclear: [0.68, 0.195, 0.5],
};

/** An announced flight that covers the track: with the chance that a stranger is in a corridor of 200 m by 2 km. */
export const CHANCE_OF_PLAN: Row = [0.9, 0.01, 0.01];

/** A second contact in a friend's corridor or close to a friend. */
export const COMPANION: SourceTable = {
  present: [0.05, 0.02, 0.2],
  absent: [0.95, 0.98, 0.8],
};

/** That a friend is inside its own plan at its time. */
export const FRIEND_IN_PLAN = 0.9;
/** That it carries the identity it was announced with, where a receiver would hear it. */
export const FRIEND_CARRIES_IDENTITY = 0.95;
/** That anybody else carries exactly that identity: by mistake, or on purpose. */
export const STRANGER_CARRIES_IDENTITY: Row = [FRIEND_CARRIES_IDENTITY, 0.001, 0.02];
/** One identity in several places: one of them may be the friend, another copies it; a stranger's mistake is rare. */
export const IDENTITY_TWICE: Row = [0.5, 0.02, 0.5];
/** A friend's identity off its plan: a crew that is late or lost, or a copy. It speaks for neither. */
export const IDENTITY_OFF_PLAN: Row = [0.1, 0.02, 0.1];

/** Natural logarithms of a row. */
export const logRow = (row: Row): [number, number, number] => [Math.log(row[0]), Math.log(row[1]), Math.log(row[2])];
