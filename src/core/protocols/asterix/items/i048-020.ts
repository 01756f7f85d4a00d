// I048/020 Target Report Descriptor, one octet and up to five extensions. EUROCONTROL-SPEC-0149-4 edition 1.32.

export interface TargetReportDescriptor {
  /** 0: no detection, so what the record tells is the radar's prediction. */
  type: number;
  /** Marked as simulated or as a test target by the radar. */
  simulated: boolean;
  /** A reply of a fixed transponder that monitors the radar. */
  fieldMonitor: boolean;
  /** The range is beyond what I048/040 can hold and stands in the reserved expansion field. */
  extendedRange: boolean;
  /** 0: no Mode 4 interrogation, 1: friendly, 2: unknown, 3: no reply. */
  mode4: number;
  militaryEmergency: boolean;
}

const SIM = 0x10;
const RAB = 0x02;
const FX = 0x01;
const TST = 0x80;
const ERR = 0x40;
const ME = 0x10;
const FOE_FRI = 0x06;

/** Reads the item into `into`, which is scratch of the caller: this runs for each record. */
export function readTargetReportDescriptor(bytes: Uint8Array, offset: number, into: TargetReportDescriptor): void {
  const first = bytes[offset];
  const second = (first & FX) !== 0 ? bytes[offset + 1] : 0;
  into.type = first >> 5;
  into.simulated = (first & SIM) !== 0 || (second & TST) !== 0;
  into.fieldMonitor = (first & RAB) !== 0;
  into.extendedRange = (second & ERR) !== 0;
  into.militaryEmergency = (second & ME) !== 0;
  into.mode4 = (second & FOE_FRI) >> 1;
}
