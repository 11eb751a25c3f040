/** The path of a small line in a box of 100 by 28, from the left; gaps are left out. */
export function sparkPath(values: (number | null)[], slots: number): string {
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const first = slots - values.length;
  let path = '';
  let isDown = false;
  values.forEach((value, i) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const x = ((first + i) / Math.max(1, slots - 1)) * 100;
    const y = 27 - (value / most) * 25;
    path += `${isDown ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    isDown = true;
  });
  return path;
}

/** The same as an area down to the ground, where the line is whole. */
export function sparkArea(path: string): string {
  const starts = path.match(/[ML]([\d.]+) /g) ?? [];
  const first = starts[0]?.slice(1).trim();
  const last = starts.at(-1)?.slice(1).trim();
  return path.lastIndexOf('M') === 0 && first && last ? `${path}L${last} 28L${first} 28Z` : '';
}
