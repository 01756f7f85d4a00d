// Tracks to a TAK network: datagrams (unicast, or a mesh's multicast group), or a stream to a TAK server over TCP or TLS. Which
// events leave is decided in core/protocols/cot/cot-publisher.ts.

import { encodeUtf8 } from "../../core/base/text.ts";
import { type Micros, micros, seconds } from "../../core/base/units.ts";
import type { OutputView, TrackView } from "../../core/model/picture-view.ts";
import type { CotEvent } from "../../core/protocols/cot/cot-event.ts";
import { createCotFramer } from "../../core/protocols/cot/cot-framer.ts";
import { readCotPacket } from "../../core/protocols/cot/cot-protocol.ts";
import { type CotOutputOptions, createCotPublisher, publishCot } from "../../core/protocols/cot/cot-publisher.ts";
import { encodeCotXml } from "../../core/protocols/cot/encode.ts";
import type { Framer } from "../../core/protocols/protocol.ts";
import { encodeTakMesh } from "../../core/protocols/tak/tak-encode.ts";
import { createTakStream, encodeForStream, negotiate, negotiationTick, type TakStream } from "../../core/protocols/tak/tak-negotiation.ts";
import { UsageError } from "../cli/command.ts";
import { parseEndpoint } from "../configuration/endpoint.ts";
import type { CotOutputFile } from "../configuration/output-schemas.ts";
import { reloadableConnectTls } from "../sources/tls.ts";
import { createDatagramLink } from "./datagram-link.ts";
import { createTally, LOOK_PERIOD, type Sender, type SenderHost } from "./sender.ts";
import { createStreamLink } from "./stream-link.ts";

/** Events that are made at a time at least, however few tracks there are. */
const LEAST_EVENTS = 100;

/** `folder`: where the names of certificate files count from. `maxWaiting`: octets that may wait for a TAK server that does not read. */
export function createCotSender(file: CotOutputFile, host: SenderHost, folder: string, maxWaiting?: number): Sender {
  const way = file.send !== undefined ? "send" : "connect";
  const address = (file.send ?? file.connect)!;
  const endpoint = parseEndpoint(address, way);
  if (!endpoint.ok) throw new UsageError(`output ${file.id}: ${endpoint.error}`);
  const publisher = createCotPublisher();
  const tally = createTally();
  let state: OutputView["state"] = "starting";
  let message = "";
  const tell = (next: OutputView["state"], sentence: string): void => {
    if (next !== state || sentence !== message)
      host.note(next === "retrying" ? "warning" : "info", `output ${file.id}: ${sentence || next}`);
    state = next;
    message = sentence;
  };
  const due = (tracks: () => readonly TrackView[], now: Micros): CotEvent[] => {
    const views = tracks();
    // Twice what keeps up with every track and its operator, so that the last of them is never late.
    const limit = Math.max(LEAST_EVENTS, Math.ceil((4 * views.length * LOOK_PERIOD) / (file.periodSeconds * 1e6)));
    const options: CotOutputOptions = {
      siteId: host.site().id,
      updateInterval: seconds(file.periodSeconds),
      ...(file.staleSeconds === undefined ? {} : { staleAfter: seconds(file.staleSeconds) }),
      operators: file.operatorPositions,
      identities: file.releaseIdentities,
      exercise: file.exercise,
      limit,
    };
    return publishCot(publisher, views, now, options);
  };
  const status = (): OutputView => ({
    id: file.id,
    protocol: "cot",
    address: file.tls === undefined ? address : address.replace(/^tcp:/, "tls:"),
    exercise: file.exercise,
    pilotPositions: file.operatorPositions,
    encrypted: file.tls !== undefined,
    state,
    message,
    receivers: state === "sending" || state === "connected" ? 1 : 0,
    ...tally.read(),
  });

  if (endpoint.value.transport === "udp") {
    const link = createDatagramLink(endpoint.value, file, {
      sent: (octets) => tally.sent(octets, host.now()),
      dropped: (reason) => tally.dropped(reason),
      state: tell,
    });
    return {
      id: file.id,
      start: link.start,
      pictureChanged: (tracks, now) => {
        if (state === "starting") return;
        for (const event of due(tracks, now)) link.send(file.form === "tak" ? encodeTakMesh(event) : encodeUtf8(encodeCotXml(event)));
      },
      status,
      stop: async () => {
        await link.stop();
        state = "stopped";
      },
    };
  }

  // A TAK server speaks too: its offer of protocol version 1 is answered, everything else that it says is left unread.
  let stream: TakStream | undefined;
  let framer: Framer = createCotFramer();
  const link = createStreamLink(
    {
      host: endpoint.value.host,
      port: endpoint.value.port,
      ...(file.tls === undefined ? {} : { tls: reloadableConnectTls(file.tls, folder) }),
      ...(maxWaiting === undefined ? {} : { maxWaiting }),
    },
    {
      opened: () => {
        stream = createTakStream("client", host.now());
        framer = createCotFramer();
        // The other side may have forgotten: everything is due again, and what ended meanwhile is deleted.
        for (const [uid, sent] of publisher.sent) publisher.sent.set(uid, { ...sent, at: micros(0) });
      },
      received: (chunk) => {
        if (stream === undefined || file.form === "xml") return;
        const framed = framer.push(chunk);
        for (const packet of framed.packets) {
          for (const event of readCotPacket(packet).events) {
            const step = negotiate(stream, event, host.now());
            if (step.reply !== undefined) link.send(step.reply);
          }
        }
        if (framed.close !== undefined) link.drop(framed.close);
      },
      closed: () => {
        stream = undefined;
      },
      state: tell,
    },
  );
  return {
    id: file.id,
    start: async () => link.start(),
    pictureChanged: (tracks, now) => {
      if (stream === undefined) return;
      const late = negotiationTick(stream, now).close;
      if (late !== undefined) link.drop(late);
      // While the other side is asked for its protocol nothing may be sent: what is due stays due.
      if (stream === undefined || stream.mode === "waiting") return;
      for (const event of due(tracks, now)) {
        const octets = encodeForStream(stream, event);
        if (octets !== undefined && link.send(octets)) tally.sent(octets.length, now);
        else tally.dropped("the receiver does not read");
      }
    },
    status,
    stop: link.stop,
  };
}
