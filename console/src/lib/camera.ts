/** What of the plane [-1, 1] is seen, and how large. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

export const WHOLE: Camera = { x: 0, y: 0, zoom: 1 };

const ZOOM_MOST = 40;
const MARGIN = 0.94;

export interface Size {
  width: number;
  height: number;
}

const unit = (size: Size, camera: Camera): number =>
  (Math.min(size.width, size.height) / 2) * MARGIN * camera.zoom;

export function toScreen(size: Size, camera: Camera, x: number, y: number): [number, number] {
  const scale = unit(size, camera);
  return [size.width / 2 + (x - camera.x) * scale, size.height / 2 - (y - camera.y) * scale];
}

export function toPlane(size: Size, camera: Camera, left: number, top: number): [number, number] {
  const scale = unit(size, camera);
  return [camera.x + (left - size.width / 2) / scale, camera.y - (top - size.height / 2) / scale];
}

/** Comes closer, or goes away, so that what is under the pointer stays there. */
export function zoomed(size: Size, camera: Camera, left: number, top: number, factor: number): Camera {
  const zoom = Math.min(ZOOM_MOST, Math.max(1, camera.zoom * factor));
  const [x, y] = toPlane(size, camera, left, top);
  const next = { ...camera, zoom };
  const [x2, y2] = toPlane(size, next, left, top);
  return zoom === 1 ? WHOLE : { zoom, x: camera.x + x - x2, y: camera.y + y - y2 };
}

export function moved(size: Size, camera: Camera, dx: number, dy: number): Camera {
  const scale = unit(size, camera);
  return { ...camera, x: camera.x - dx / scale, y: camera.y + dy / scale };
}

const STEP_PX = 40;
const KEY_ZOOM = 1.4;

/** Where a key leads: arrows move, + and - come closer and go away, 0 shows the whole. */
export function steeredBy(key: string, size: Size, camera: Camera): Camera | undefined {
  const [x, y] = [size.width / 2, size.height / 2];
  switch (key) {
    case 'ArrowLeft':
      return moved(size, camera, STEP_PX, 0);
    case 'ArrowRight':
      return moved(size, camera, -STEP_PX, 0);
    case 'ArrowUp':
      return moved(size, camera, 0, STEP_PX);
    case 'ArrowDown':
      return moved(size, camera, 0, -STEP_PX);
    case '+':
      return zoomed(size, camera, x, y, KEY_ZOOM);
    case '-':
      return zoomed(size, camera, x, y, 1 / KEY_ZOOM);
    case '0':
      return WHOLE;
    default:
      return undefined;
  }
}
