/** Beyond this browsers draw no element, or draw it wrong. */
const HEIGHT_MOST = 12_000_000;

/**
 * Maps a list that may be higher than any element can be to an element that scrolls. Positions are in
 * pixels of the list; where it is too high, the bar moves in larger steps than the wheel does.
 */
export interface Viewport {
  /** Height of what scrolls. */
  height: number;
  /** Pixels of the list for one of the bar. */
  scale: number;
}

export function viewportOf(rows: number, rowHeight: number, view: number): Viewport {
  const whole = Math.max(rows * rowHeight, view);
  const height = Math.min(whole, HEIGHT_MOST);
  const scale = height > view ? (whole - view) / (height - view) : 1;
  return { height, scale };
}

/** The rows that are to be seen, with some on either side. */
export function visible(
  top: number,
  view: number,
  rowHeight: number,
  rows: number,
  around: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.floor(top / rowHeight) - around);
  const last = Math.min(rows - 1, Math.ceil((top + view) / rowHeight) + around);
  return { first, last };
}
