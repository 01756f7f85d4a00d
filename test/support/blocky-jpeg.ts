// A JPEG made in code: baseline, grey, every 8 x 8 block of one brightness, so that only DC coefficients are needed. ITU-T T.81.

/** `brightness(column, row)` of each block, 0 to 255. A file that every browser shows, about 5 KB for 80 x 45 blocks. */
export function blockyJpeg(columns: number, rows: number, brightness: (column: number, row: number) => number): Uint8Array {
  const bytes: number[] = [0xff, 0xd8];
  const segment = (marker: number, ...content: number[]) =>
    bytes.push(0xff, marker, ((content.length + 2) >> 8) & 255, (content.length + 2) & 255, ...content);
  // Quantiser 8 throughout: a DC step is then one step of brightness.
  segment(0xdb, 0, ...new Array<number>(64).fill(8));
  const [width, height] = [columns * 8, rows * 8];
  segment(0xc0, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0);
  // DC: twelve categories of four bits each, in order. AC: "end of block" alone, one bit.
  segment(0xc4, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...Array.from({ length: 12 }, (_, i) => i));
  segment(0xc4, 0x10, 1, ...new Array<number>(15).fill(0), 0x00);
  segment(0xda, 1, 1, 0x00, 0, 63, 0);

  let pending = 0;
  let bits = 0;
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) {
      pending = (pending << 1) | ((value >> i) & 1);
      if (++bits < 8) continue;
      bytes.push(pending);
      if (pending === 0xff) bytes.push(0);
      pending = 0;
      bits = 0;
    }
  };
  let before = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const level = Math.round(Math.min(255, Math.max(0, brightness(column, row)))) - 128;
      const difference = level - before;
      before = level;
      const category = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
      put(category, 4);
      if (category > 0) put(difference > 0 ? difference : difference + (1 << category) - 1, category);
      put(0, 1); // end of block
    }
  }
  if (bits > 0) put(0xff, 8 - bits);
  bytes.push(0xff, 0xd9);
  return new Uint8Array(bytes);
}
