import { fuzzInTest } from "./fuzz-in-test.ts";

fuzzInTest("remote-id-capture");
