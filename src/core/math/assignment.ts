// Least-cost assignment by shortest augmenting paths (Jonker & Volgenant, "A Shortest Augmenting Path Algorithm for Dense and
// Sparse Linear Assignment Problems", Computing 38, 1987; without its heuristic start, which does not pay at our sizes).

let capacity = 0;
let potentialRow = new Float64Array(0);
let potentialColumn = new Float64Array(0);
let rowOfColumn = new Int32Array(0);
let previous = new Int32Array(0);
let shortest = new Float64Array(0);
let visited = new Uint8Array(0);

function reserve(size: number): void {
  if (size <= capacity) return;
  capacity = Math.max(16, size * 2);
  potentialRow = new Float64Array(capacity);
  potentialColumn = new Float64Array(capacity);
  rowOfColumn = new Int32Array(capacity);
  previous = new Int32Array(capacity);
  shortest = new Float64Array(capacity);
  visited = new Uint8Array(capacity);
}

/**
 * Assigns every row of `cost` ([rows x columns], row-major, starting at `offset`, rows <= columns, entries finite) to a column of
 * its own with the least sum. Writes the column of each row to `columnOfRow` and answers the sum. O(rows^2 * columns).
 * Ties fall to the lower index, so the answer is deterministic.
 */
export function assignRows(cost: ArrayLike<number>, rows: number, columns: number, columnOfRow: Int32Array, offset = 0): number {
  reserve(columns + 1);
  // Columns are counted from 1: column 0 is the root of the augmenting path.
  for (let j = 0; j <= columns; j++) {
    rowOfColumn[j] = -1;
    potentialColumn[j] = 0;
  }
  for (let i = 0; i < rows; i++) potentialRow[i] = 0;
  for (let i = 0; i < rows; i++) {
    rowOfColumn[0] = i;
    let column = 0;
    for (let j = 0; j <= columns; j++) {
      shortest[j] = Infinity;
      visited[j] = 0;
    }
    do {
      visited[column] = 1;
      const row = rowOfColumn[column]!;
      const base = offset + row * columns - 1;
      const u = potentialRow[row]!;
      let delta = Infinity;
      let nextColumn = -1;
      for (let j = 1; j <= columns; j++) {
        if (visited[j] === 1) continue;
        const reduced = cost[base + j]! - u - potentialColumn[j]!;
        if (reduced < shortest[j]!) {
          shortest[j] = reduced;
          previous[j] = column;
        }
        if (shortest[j]! < delta) {
          delta = shortest[j]!;
          nextColumn = j;
        }
      }
      for (let j = 0; j <= columns; j++) {
        if (visited[j] === 1) {
          const r = rowOfColumn[j]!;
          potentialRow[r] = potentialRow[r]! + delta;
          potentialColumn[j] = potentialColumn[j]! - delta;
        } else shortest[j] = shortest[j]! - delta;
      }
      column = nextColumn;
    } while (rowOfColumn[column] !== -1);
    do {
      const from = previous[column]!;
      rowOfColumn[column] = rowOfColumn[from]!;
      column = from;
    } while (column !== 0);
  }
  let total = 0;
  for (let j = 1; j <= columns; j++) {
    const row = rowOfColumn[j]!;
    if (row >= 0) {
      columnOfRow[row] = j - 1;
      total += cost[offset + row * columns + j - 1]!;
    }
  }
  return total;
}
