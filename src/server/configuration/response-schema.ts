// The `response` section of site.yaml: who must agree to what, who must be told before, and who may get a signed message.

import { z } from "zod";
import { RADIANS_PER_DEGREE, radians, type Seconds } from "../../core/base/units.ts";
import { RESPONSE_ACTIONS, type ResponsePolicy } from "../../core/model/response.ts";

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "small letters, digits and hyphens, at most 40");
const name = z.string().trim().min(1).max(80);
const secondsOf = (value: number, description: string) => z.number().positive().max(86_400).default(value).meta({ description });
const action = z.enum(RESPONSE_ACTIONS);
const affiliations = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"] as const;

const precondition = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("confirmed") }),
  z.strictObject({ kind: z.literal("inbound") }),
  z.strictObject({ kind: z.literal("assessed-by-person") }),
  z.strictObject({ kind: z.literal("affiliation"), among: z.array(z.enum(affiliations)).min(1) }),
  z.strictObject({ kind: z.literal("score"), atLeast: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal("measured-within"), ageSeconds: z.number().positive().max(600) }),
]);

const rule = z.strictObject({
  action: action.meta({
    description:
      "observe, notify, warn (loudspeaker, phone list), close-airspace (a request), hand-off (to somebody else's system and people).",
  }),
  seats: z
    .array(
      z.strictObject({
        nation: id,
        required: z.number().int().min(1).max(10).default(1),
        officers: z
          .array(z.string())
          .min(1)
          .optional()
          .meta({ description: "Account ids that may sit; absent: every officer of the nation." }),
      }),
    )
    .default([])
    .meta({ description: "Who must sign, nation by nation. Empty: one press of an operator is enough; never for a hand-off." }),
  withinSeconds: secondsOf(60, "An approval counts for so long."),
  expiresAfterSeconds: secondsOf(120, "A case, as it was frozen, can be approved for so long."),
  preconditions: z
    .array(precondition)
    .default([{ kind: "confirmed" }])
    .meta({ description: "What must be true of the track before anybody may approve." }),
  earlierSteps: z
    .array(z.strictObject({ action, waitSeconds: z.number().min(0).max(3600).default(0), mayBeSkipped: z.boolean().default(true) }))
    .default([])
    .meta({
      description:
        "Milder steps that must have been taken for the same track; a plan may leave one out with a reason that everybody signs.",
    }),
  coolDownSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(30)
    .meta({ description: "After it was authorised for a track: no new case of this action." }),
  coolDownAfterRefusalSeconds: z.number().min(0).max(86_400).default(30),
  acknowledgements: z
    .boolean()
    .optional()
    .meta({ description: "Friends nearby, airspace owners and neighbours must have acknowledged. Always so for a hand-off." }),
  messageValidSeconds: secondsOf(60, "The message that leaves is valid for so long."),
  agreementTakesSeconds: secondsOf(
    20,
    "How long people usually need to agree; when less time is left, only warnings that were agreed on beforehand are possible.",
  ),
});

const point = z.strictObject({ latitudeDegrees: z.number().min(-90).max(90), longitudeDegrees: z.number().min(-180).max(180) });

const party = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("friend"), id, name, owner: name.meta({ description: "As in the announcements of flights." }) }),
  z.strictObject({ kind: z.literal("airspace"), id, name }),
  z.strictObject({
    kind: z.literal("neighbour"),
    id,
    name,
    border: z.array(point).min(2).max(1000).meta({ description: "The border line." }),
  }),
]);

const receiver = z.strictObject({
  id,
  name,
  actions: z.array(action).min(1),
  url: z.url({ protocol: /^https?$/ }).meta({ description: "Gets one POST with the message signed as JWS; redirects are not followed." }),
  authorizationFile: z
    .string()
    .optional()
    .meta({ description: "File whose first line is the value of the Authorization header, relative to this one." }),
  exercise: z.boolean().default(false).meta({ description: "Takes simulated, recorded and exercise messages, and no live ones." }),
});

export const responseSchema = z.strictObject({
  version: z.string().min(1).max(40).meta({ description: "Name of this policy; part of what is signed." }),
  nations: z.array(z.strictObject({ id, name })).min(1).max(8),
  rules: z.array(rule).min(1).max(20),
  mannedLimit: z
    .number()
    .positive()
    .max(0.01)
    .default(0.01)
    .meta({ description: "A hand-off is refused from this probability of people aboard on; 0.01 at most." }),
  gateRadiusMetres: z
    .number()
    .positive()
    .max(10_000)
    .default(300)
    .meta({ description: "Approvals end when the track leaves this circle around its predicted path." }),
  gateGrowthMps: z.number().min(0).max(200).default(15),
  borderBufferMetres: z
    .number()
    .min(0)
    .max(100_000)
    .default(2000)
    .meta({ description: "Nearer to a neighbour's border than this, the neighbour is told first." }),
  conflictRise: z.number().min(0.01).max(1).default(0.2).meta({ description: "Rise of the evidence's conflict that voids approvals." }),
  parties: z.array(party).max(100).default([]),
  receivers: z.array(receiver).max(20).default([]),
  methods: z
    .array(z.enum(["passkey", "ed25519"]))
    .min(1)
    .default(["passkey"])
    .meta({ description: "Signatures that count." }),
  signatureAgeSeconds: secondsOf(30, "A signature is at most so old when it arrives."),
  ghostValidSeconds: secondsOf(600, "Longest life of a ghost finding."),
});

export type ResponseFile = z.infer<typeof responseSchema>;
export type ReceiverFile = z.infer<typeof receiver>;

const s = (value: number) => value as Seconds;

/** The policy as the core takes it: SI, radians, no addresses. */
export function toResponsePolicy(file: ResponseFile): ResponsePolicy {
  return {
    version: file.version,
    nations: file.nations,
    rules: file.rules.map((one) => ({
      action: one.action,
      seats: one.seats.map(({ nation, required, officers }) => ({ nation, required, ...(officers === undefined ? {} : { officers }) })),
      within: s(one.withinSeconds),
      expiresAfter: s(one.expiresAfterSeconds),
      preconditions: one.preconditions.map((each) =>
        each.kind === "measured-within" ? { kind: each.kind, age: s(each.ageSeconds) } : each,
      ),
      earlierSteps: one.earlierSteps.map((step) => ({ action: step.action, wait: s(step.waitSeconds), mayBeSkipped: step.mayBeSkipped })),
      coolDown: s(one.coolDownSeconds),
      coolDownAfterRefusal: s(one.coolDownAfterRefusalSeconds),
      acknowledgements: one.acknowledgements ?? one.action === "hand-off",
      messageValid: s(one.messageValidSeconds),
      agreementTakes: s(one.agreementTakesSeconds),
    })),
    mannedLimit: file.mannedLimit,
    gate: { radius: file.gateRadiusMetres, growth: file.gateGrowthMps },
    borderBuffer: file.borderBufferMetres,
    conflictRise: file.conflictRise,
    parties: file.parties.map((each) => {
      if (each.kind !== "neighbour") return each;
      const border = each.border.map(({ latitudeDegrees, longitudeDegrees }) => ({
        latitude: radians(latitudeDegrees * RADIANS_PER_DEGREE),
        longitude: radians(longitudeDegrees * RADIANS_PER_DEGREE),
      }));
      return { ...each, border };
    }),
    receivers: file.receivers.map((each) => ({ id: each.id, name: each.name, actions: each.actions, exercise: each.exercise })),
    methods: file.methods,
    signatureAge: s(file.signatureAgeSeconds),
    ghostValid: s(file.ghostValidSeconds),
  };
}
