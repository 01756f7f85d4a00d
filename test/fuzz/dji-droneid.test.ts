import { fuzzInTest } from "./fuzz-in-test.ts";

fuzzInTest("dji-droneid");
