// How node is started for the server, by npm start and by the benchmarks.

/**
 * 32 MiB for each half of the young generation instead of 16: a picture of hundreds of tracks makes some ten megabytes a second that nobody needs a moment later, and
 * a collection costs by what is still in use, not by what is thrown away. Half as many of them, and less is carried into the old generation.
 */
export const serverFlags = ["--max-semi-space-size=32"];
