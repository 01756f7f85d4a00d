// A camera without hardware, for a demonstration or a rehearsal: prints the part of site.yaml that belongs to it and runs until stopped.
// Usage: node --import tsx test/support/run-onvif-camera.ts [headingDegrees]

import { startOnvifCamera } from "./onvif-camera.ts";

const heading = Number(process.argv[2] ?? 0);
if (!Number.isFinite(heading)) throw new Error("expected the heading of the mount in degrees");
const camera = await startOnvifCamera({ mount: { heading: (heading * Math.PI) / 180, pitch: 0, roll: 0, tiltZero: 0 }, speed: 60 });
process.stdout.write(`cameras:
  - id: demonstration
    name: Demonstration camera
    position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 320 } # where it stands
    onvif: "${camera.url}"
    user: picket
    passwordEnvironment: CAMERA_PASSWORD # run Picket with CAMERA_PASSWORD=camera-secret
    mount: { headingDegrees: ${heading} }
    exercise: true # it may look at simulated tracks
`);
process.once("SIGINT", () => void camera.close().then(() => process.exit(0)));
