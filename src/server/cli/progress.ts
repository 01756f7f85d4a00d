/** Shows how far a long command is, on stderr: a bar on a terminal, a line now and then elsewhere. Nothing in the first second. */
export function createProgress(what: string): { show(done: number, total: number): void; end(): void } {
  const began = performance.now();
  const terminal = process.stderr.isTTY === true;
  let shownAt = began;
  let shown = false;
  return {
    show: (done, total) => {
      const now = performance.now();
      if (now - began < 1000 || now - shownAt < (terminal ? 100 : 10_000)) return;
      shownAt = now;
      shown = true;
      const part = total > 0 ? Math.min(1, done / total) : 1;
      const left = part > 0 ? ((now - began) * (1 - part)) / part / 1000 : 0;
      const bar = "#".repeat(Math.round(part * 30)).padEnd(30, ".");
      const line = `${what} [${bar}] ${String(Math.floor(part * 100)).padStart(3)} %, ${left.toFixed(0)} s left`;
      process.stderr.write(terminal ? `\r${line}\u001b[K` : `${line}\n`);
    },
    end: () => {
      if (shown && terminal) process.stderr.write("\r\u001b[K");
    },
  };
}
