import { companion } from "./companion.ts";

for (let s = 1; s <= 24; s++) {
  const a = companion.run(s);
  if (!a.flagged || !a.prompted) console.log(s, JSON.stringify(a));
}
