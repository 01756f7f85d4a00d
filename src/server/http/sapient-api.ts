// SAPIENT on the operator's API: what is asked of a sensor, and the integration bench with a report for the vendor.

import { randomUUID } from "node:crypto";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { SensorState } from "../../core/engine/picture.ts";
import { nodeOfSensor, sapientStateOf, sensorTasking } from "../../core/engine/sensor-tasks.ts";
import type { Actor } from "../../core/model/event.ts";
import type { NodeReport, NodeVerdict } from "../../core/model/sapient-bench.ts";
import { type SensorTask, TASK_LEVELS } from "../../core/model/sensor-task.ts";
import { conformanceReport, markdownNodeReport, nodeVerdicts } from "../../core/protocols/sapient/conformance.ts";
import { type PictureHost, tracksOf } from "../live/picture-host.ts";
import type { UnstampedEvent } from "../loop/loop.ts";
import { problem, SENSOR_TASK } from "./api-schemas.ts";

export interface SapientApiOptions {
  readonly host: PictureHost;
  /** Journals a person's decision (D2) and lets it take effect; rejects when it cannot be recorded. Absent in a replay. */
  readonly decide: ((event: UnstampedEvent) => Promise<void>) | undefined;
  readonly everyone: readonly string[];
}

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { "application/json": { schema } },
  description,
});
const trouble = (status: number, title: string, detail: string) => ({ title, status, detail });
const NOT_FOUND = json(problem, "There is nothing with this id.");

const level = z.enum(TASK_LEVELS);
const TASK_ORDER = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("request"), request: z.string().min(1).max(80).openapi({ example: "Status" }) }),
    z.strictObject({ kind: z.literal("detection-threshold"), level }),
    z.strictObject({ kind: z.literal("classification-threshold"), level }),
    z.strictObject({ kind: z.literal("detection-report-rate"), level }),
    z.strictObject({ kind: z.literal("mode-change"), mode: z.string().min(1).max(80) }),
    z.strictObject({
      kind: z.literal("look-at"),
      trackId: z.string().min(1).max(40).optional().openapi({ description: "Where the track is at this moment; or give a place." }),
      place: z
        .strictObject({
          latitudeDegrees: z.number().min(-90).max(90),
          longitudeDegrees: z.number().min(-180).max(180),
          heightHaeMetres: z.number().min(-500).max(30_000).nullable().default(null),
        })
        .optional(),
    }),
  ])
  .openapi("SensorTaskOrder", { description: "What is asked. Only what the node declared for its mode is sent." });

const verdict = z.object({
  sourceId: z.string(),
  nodeId: z.string(),
  name: z.string(),
  type: z.string(),
  maker: z.string(),
  interfaceVersion: z.string(),
  verdict: z.enum(["refused", "faulty", "tolerated", "clean"]),
  connected: z.boolean(),
  counts: z.object({ statuses: z.number(), detections: z.number(), alerts: z.number(), refused: z.number() }),
  clockOffsetMilliseconds: z.object({ mean: z.number(), least: z.number(), most: z.number() }).nullable(),
});
const NODE_VERDICT = verdict.extend({ findings: z.number() }).openapi("SapientNode", { description: "A node with its verdict." });
const NODE_REPORT = verdict
  .extend({
    findings: z.array(
      z.object({
        rule: z.string(),
        field: z.string(),
        kind: z.enum(["refused", "repaired", "warning"]),
        message: z.string(),
        likelyCause: z.string(),
        causeKey: z.string(),
        count: z.number(),
        firstAtUs: z.number(),
        lastAtUs: z.number(),
        example: z.object({ octets: z.string(), message: z.record(z.string(), z.unknown()) }).optional(),
      }),
    ),
    findingsForgotten: z.number(),
  })
  .openapi("SapientNodeReport", { description: "What one node does against the rules, in plain words." });

/** Adds the operations to `api`. */
export function registerSapientApi(api: OpenAPIHono, options: SapientApiOptions): void {
  registerTasks(api, options);
  registerBench(api, options);
}

const sensorParameter = z.object({ id: z.string().openapi({ example: "sapient/5e1e7f2c-8ba7-4c5e-9a53-0c1fd2f1a111" }) });

function registerTasks(api: OpenAPIHono, { host, decide, everyone }: SapientApiOptions): void {
  const sensorOf = (id: string): SensorState | undefined => host.picture().sensors.get(id);
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sensors/{id}/tasks",
      summary: "What was asked of a sensor and what became of it, newest first",
      "x-roles": [...everyone],
      request: { params: sensorParameter },
      responses: {
        200: json(z.object({ items: z.array(SENSOR_TASK), next: z.string().nullable() }).openapi("SensorTasks"), "At most 16 tasks."),
        404: NOT_FOUND,
      },
    }),
    (context) => {
      const { id } = context.req.valid("param");
      const sensor = sensorOf(id);
      if (sensor === undefined) return context.json(trouble(404, "Not found", `there is no sensor "${id}"`), 404);
      return context.json({ items: sensorTasking(host.picture(), sensor)?.tasks ?? [], next: null }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "post",
      path: "/api/v1/sensors/{id}/tasks",
      summary: "Ask something of a SAPIENT sensor; journalled, judged by the effector guard when it is sent",
      "x-roles": ["operator"],
      request: {
        params: sensorParameter,
        body: {
          required: true,
          content: {
            "application/json": {
              schema: z.strictObject({
                task: TASK_ORDER,
                actor: z
                  .string()
                  .trim()
                  .min(1)
                  .max(80)
                  .default("operator")
                  .openapi({ description: "Name of who asks; journalled as not authenticated until accounts exist." }),
              }),
            },
          },
        },
      },
      responses: {
        201: json(SENSOR_TASK, "Recorded and sent. What the sensor answers is at GET on the same path."),
        400: json(problem, "The order is wrong; `detail` says what was expected."),
        404: NOT_FOUND,
        409: json(problem, "Not sent; `detail` says why. The refusal is recorded too."),
      },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const body = context.req.valid("json");
      const sensor = sensorOf(id);
      if (sensor === undefined) return context.json(trouble(404, "Not found", `there is no sensor "${id}"`), 404);
      if (decide === undefined) return context.json(trouble(409, "Replay", "nothing can be asked of a sensor in a replay"), 409);
      const node = nodeOfSensor(host.picture(), sensor);
      if (node === undefined) return context.json(trouble(409, "Not sent", "this sensor is not one SAPIENT node"), 409);
      const task = taskOf(body.task);
      if (typeof task === "string") return context.json(trouble(400, "Wrong order", task), 400);
      const commandId = randomUUID();
      const actor: Actor = { name: body.actor, authenticated: false };
      const { sourceId } = sensor;
      try {
        await decide({ type: "command", commandId, actor, command: { kind: "sapient-task", sourceId, nodeId: node.nodeId, task } });
      } catch (error) {
        return context.json(trouble(409, "Not recorded", `it could not be recorded: ${(error as Error).message}`), 409);
      }
      const after = host.picture();
      const asked = sensorOf(id);
      const done = asked === undefined ? undefined : sensorTasking(after, asked)?.tasks.find((one) => one.commandId === commandId);
      if (done === undefined) return context.json(trouble(409, "Not sent", "this node is not registered"), 409);
      return done.phase === "refused" ? context.json(trouble(409, "Not sent", done.reason), 409) : context.json(done, 201);
    },
  );

  /** The order as it is journalled: a track is a place from here on. A sentence when it says no place. */
  function taskOf(order: z.infer<typeof TASK_ORDER>): SensorTask | string {
    if (order.kind !== "look-at") return order;
    if ((order.trackId === undefined) === (order.place === undefined)) return "task: give exactly one of trackId and place";
    if (order.place !== undefined) return { kind: "look-at", place: order.place };
    const track = tracksOf(host).find((view) => view.id === order.trackId);
    if (track === undefined) return `task.trackId: there is no track "${order.trackId}"`;
    const { latitudeDegrees, longitudeDegrees, heightHaeMetres } = track.position;
    return { kind: "look-at", place: { latitudeDegrees, longitudeDegrees, heightHaeMetres } };
  }
}

function registerBench(api: OpenAPIHono, { host, everyone }: SapientApiOptions): void {
  const roles = [...everyone];
  const nodes = (): (NodeVerdict & { sourceId: string })[] =>
    [...host.picture().sources.values()].flatMap((source) => {
      const state = sapientStateOf(source);
      return state === undefined ? [] : nodeVerdicts(state).map((one) => ({ sourceId: source.configuration.id, ...one }));
    });
  const reportOf = (nodeId: string): (NodeReport & { sourceId: string }) | undefined => {
    let found: (NodeReport & { sourceId: string }) | undefined;
    for (const source of host.picture().sources.values()) {
      const state = sapientStateOf(source);
      const report = state === undefined ? undefined : conformanceReport(state, nodeId.toLowerCase());
      // A node that moved to another port of this site is looked for where it is now.
      if (report !== undefined && (found === undefined || (report.connected && !found.connected)))
        found = { sourceId: source.configuration.id, ...report };
    }
    return found;
  };
  const missing = (nodeId: string) => trouble(404, "Not found", `nothing is known of a node "${nodeId}"`);
  const nodeParameter = z.object({ nodeId: z.string().openapi({ example: "5e1e7f2c-8ba7-4c5e-9a53-0c1fd2f1a111" }) });

  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sapient/nodes",
      summary: "The integration bench: every SAPIENT node that is here, was refused, or left of late, with a verdict",
      "x-roles": roles,
      responses: {
        200: json(z.object({ items: z.array(NODE_VERDICT), next: z.string().nullable() }).openapi("SapientNodes"), "Nodes, by name."),
      },
    }),
    (context) => context.json({ items: nodes(), next: null }, 200),
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sapient/nodes/{nodeId}/report",
      summary: "What one node does against the rules: rule, field, count, likely cause, example",
      "x-roles": roles,
      request: { params: nodeParameter },
      responses: { 200: json(NODE_REPORT, "The report."), 404: NOT_FOUND },
    }),
    (context) => {
      const { nodeId } = context.req.valid("param");
      const report = reportOf(nodeId);
      return report === undefined
        ? context.json(missing(nodeId), 404)
        : context.json({ ...report, counts: { ...report.counts }, findings: [...report.findings] }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: "get",
      path: "/api/v1/sapient/nodes/{nodeId}/report.md",
      summary: "The same as a Markdown document to hand to the vendor",
      "x-roles": roles,
      request: { params: nodeParameter },
      responses: { 200: { content: { "text/markdown": { schema: z.string() } }, description: "The document." }, 404: NOT_FOUND },
    }),
    (context) => {
      const { nodeId } = context.req.valid("param");
      const report = reportOf(nodeId);
      if (report === undefined) return context.json(missing(nodeId), 404);
      return context.body(markdownNodeReport(report, host.picture().now), 200, {
        "content-type": "text/markdown; charset=utf-8",
        "content-disposition": `attachment; filename="sapient-${report.nodeId}.md"`,
      });
    },
  );
}
