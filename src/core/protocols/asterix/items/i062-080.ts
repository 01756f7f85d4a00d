// I062/080 Track Status, one octet and up to six extensions. EUROCONTROL-SPEC-0149-9 edition 1.21.

export interface TrackStatusBits {
  /** Geometric altitude more reliable than barometric. */
  geometricPreferred: boolean;
  tentative: boolean;
  simulated: boolean;
  ended: boolean;
  coasting: boolean;
  adsbInconsistent: boolean;
  militaryEmergency: boolean;
  /** 0: no interrogation, 1: friendly, 2: unknown, 3: no reply. */
  mode4: number;
  mode5: number;
  /** EMS: as I021/200 priority status. */
  emergency: number;
  potentiallyFalse: boolean;
}

/** Reads the item, of which `end` is the first octet after it, into `into`: scratch of the caller. */
export function readTrackStatus(bytes: Uint8Array, offset: number, end: number, into: TrackStatusBits): void {
  // Parts that are absent are 0, which is the standard's own default.
  const part = (index: number) => (offset + index < end ? bytes[offset + index] : 0);
  const first = bytes[offset];
  const second = part(1);
  const third = part(2);
  const fourth = part(3);
  const fifth = part(4);
  into.geometricPreferred = (first & 0x20) !== 0;
  into.tentative = (first & 0x02) !== 0;
  into.simulated = (second & 0x80) !== 0;
  into.ended = (second & 0x40) !== 0;
  into.adsbInconsistent = (second & 0x08) !== 0;
  into.mode4 = (third >> 5) & 3;
  into.militaryEmergency = (third & 0x10) !== 0;
  into.mode5 = (third >> 1) & 3;
  into.coasting = (fourth & 0x80) !== 0;
  into.emergency = (fifth >> 3) & 7;
  into.potentiallyFalse = (fifth & 0x04) !== 0;
}
