// Small pictures as paths: a character may be missing from every font of a small machine.

const PATHS = {
  up: "M8 3l5 8H3z",
  down: "M8 13L3 5h10z",
  "arrow-up": "M8 13V3M4 7l4-4 4 4",
  "arrow-down": "M8 3v10M4 9l4 4 4-4",
  "arrow-left": "M13 8H3M7 4L3 8l4 4",
  "arrow-right": "M3 8h10M9 4l4 4-4 4",
  enter: "M13 3v5H4M7 5L4 8l3 3",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  filter: "M2 3h12L9.5 8.5V13l-3-1.5v-3z",
  ruler: "M2 11L11 2l3 3-9 9zM5 8l1.5 1.5M8 5l1.5 1.5",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  const filled = name === "up" || name === "down";
  return (
    <svg className="icon" data-filled={filled || undefined} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
