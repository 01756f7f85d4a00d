// Emitter categories. RTCA DO-260B table 2-21, ICAO Doc 9871 table A-2-8.

const WORDS: Readonly<Record<string, string>> = {
  A1: "A1 light aircraft",
  A2: "A2 small aircraft",
  A3: "A3 large aircraft",
  A4: "A4 high-vortex large aircraft",
  A5: "A5 heavy aircraft",
  A6: "A6 high-performance aircraft",
  A7: "A7 rotorcraft",
  B1: "B1 glider or sailplane",
  B2: "B2 lighter than air",
  B3: "B3 parachutist or skydiver",
  B4: "B4 ultralight, hang-glider or paraglider",
  B6: "B6 unmanned aerial vehicle",
  B7: "B7 space or trans-atmospheric vehicle",
  C1: "C1 surface emergency vehicle",
  C2: "C2 surface service vehicle",
  C3: "C3 point obstacle",
  C4: "C4 cluster obstacle",
  C5: "C5 line obstacle",
};

/** The category in words, "A3 large aircraft"; "D1 reserved" for a code without a meaning. */
export const categoryWords = (category: string): string => WORDS[category] ?? `${category} reserved`;
