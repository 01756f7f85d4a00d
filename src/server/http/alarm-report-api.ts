// The alarm pages over HTTP: which alarms there are, and the monthly self-audit.

import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { alarmDefinitionViews, auditReport, REPORT_MONTHS } from "../../core/engine/alarm-report.ts";
import type { AlarmDefinitionView, AuditMonthView, AuditReport } from "../../core/model/alarm-report.ts";
import type { PictureHost } from "../live/picture-host.ts";
import { problem } from "./api-schemas.ts";

const EVERYONE = ["observer", "operator", "supervisor", "officer", "engineer", "administrator"];

const level = z.union([z.literal(1), z.literal(2), z.literal(3)]);
const source = { definitionId: z.string(), subject: z.string() };
const DEFINITION = z
  .object({
    id: z.string().openapi({ example: "inbound-unassessed" }),
    level,
    action: z
      .object({ key: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])), text: z.string() })
      .openapi({ description: "What the operator is to do." }),
    groupBy: z.enum(["track", "group", "asset", "sensor", "site"]),
    onDelaySeconds: z.number(),
    offDelaySeconds: z.number(),
    latching: z.boolean(),
    enabled: z.boolean(),
    mandatory: z.boolean().openapi({ description: "A site may neither switch it off nor lower it." }),
    changed: z.boolean().openapi({ description: "The site's file says otherwise than Picket does." }),
  })
  .openapi("AlarmDefinition");
const MONTH = z
  .object({
    month: z.string().openapi({ example: "2026-11", description: "Calendar month, UTC." }),
    fromUs: z.number(),
    toUs: z.number(),
    operators: z.number(),
    calls: z.number().openapi({ description: "Raised, raised again, risen in level, back from the shelf." }),
    byDefinition: z.array(z.object({ definitionId: z.string(), calls: z.number() })),
    byLevel: z.array(
      z.object({
        level,
        calls: z.number(),
        share: z.number(),
        acknowledged: z.number(),
        medianSeconds: z.number().nullable().openapi({ description: "To acknowledge." }),
        p95Seconds: z.number().nullable(),
      }),
    ),
    byHour: z.array(z.number()).openapi({ description: "By hour of the day, UTC." }),
    meanPer10Min: z.number(),
    peakPer10Min: z.number(),
    peakAtUs: z.number().nullable(),
    floodShare: z.number(),
    stale: z.array(z.object({ definitionId: z.string(), count: z.number() })),
    chattering: z.array(z.object({ ...source, times: z.number() })),
    topTen: z.array(z.object({ ...source, calls: z.number(), share: z.number() })),
    shelved: z.number(),
    shelvedTooLong: z.number(),
    neverAcknowledged: z.number(),
    figures: z
      .array(z.object({ key: z.string(), value: z.number(), aim: z.number(), met: z.boolean() }))
      .openapi({ description: "Each published aim beside its value." }),
    sourcesDropped: z.number(),
  })
  .openapi("AlarmAuditMonth");

// A view that gains a field and a schema that does not (or the other way round) stop the build here.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const _same: [Same<z.infer<typeof DEFINITION>, AlarmDefinitionView>, Same<z.infer<typeof MONTH>, AuditMonthView>] = [true, true];
void _same;

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "a month like 2026-11 expected")
  .optional()
  .openapi({ example: "2026-11" });

export function addAlarmReportApi(api: OpenAPIHono, { host }: { readonly host: PictureHost }): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/alerts/definitions",
      summary: "Every alarm that can call: level, what the operator is to do, delays, and whether the site's file changed it",
      "x-roles": EVERYONE,
      responses: {
        200: {
          content: { "application/json": { schema: z.object({ items: z.array(DEFINITION), next: z.null() }).openapi("AlarmDefinitions") } },
          description: "In the order of docs/alarms.md.",
        },
      },
    }),
    (context) => context.json({ items: alarmDefinitionViews(host.picture()), next: null }, 200),
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/alerts/audit",
      summary: "The monthly self-audit of the alarms after ISA-18.2 and EEMUA 191: is this a system that a person can live with?",
      "x-roles": EVERYONE,
      request: {
        query: z.object({
          from: month.openapi({ description: "First month, UTC; without it the oldest that is known." }),
          to: month.openapi({ description: "Last month, included; without it the newest." }),
          operators: z.coerce.number().min(1).max(100).default(1).openapi({ description: "On watch on average; rates are for each." }),
        }),
      },
      responses: {
        200: {
          content: {
            "application/json": {
              schema: z
                .object({
                  items: z.array(MONTH),
                  missing: z.array(z.string()).openapi({ description: "Months of which nothing is known (any more)." }),
                  next: z.null(),
                })
                .openapi("AlarmAudit"),
            },
          },
          description: "One entry a month, oldest first. The figures of this month and the one before are kept.",
        },
        400: { content: { "application/json": { schema: problem } }, description: "A parameter is wrong." },
      },
    }),
    (context) => {
      const { from, to, operators } = context.req.valid("query");
      const report: AuditReport | undefined = auditReport(host.picture(), from, to, operators);
      return report === undefined
        ? context.json(
            { title: "Wrong parameter", status: 400, detail: `from: not after to, and at most ${REPORT_MONTHS} months before it` },
            400,
          )
        : context.json(report, 200);
    },
  );
}
