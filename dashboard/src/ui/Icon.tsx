// The icon set: 16 px strokes in the colour of the text around them. Always beside a label or
// inside a control that has one, so they are hidden from assistive technology.

const PATHS = {
  overview: 'M2 13.5h12M3.5 11V7M7 11V3.5M10.5 11V6M13.5 11V8.5',
  events: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  settings:
    'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v1.6M8 12.6v1.6M1.8 8h1.6M12.6 8h1.6M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M12.4 3.6l-1.2 1.2M4.8 11.2l-1.2 1.2',
  key: 'M10.2 9a3.2 3.2 0 1 0-3.1-2.4L2.5 11.2v2.3h2.3v-1.6h1.6v-1.6l.9-.9c.8.2 1.7.1 2.9-.4zM11 5.2v.1',
  folder: 'M2 12.5v-9h4.2l1.5 1.8H14v7.2z',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
  screen: 'M2 3h12v8H2zM6 13.5h4',
  down: 'M4.5 6.5 8 10l3.5-3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h7.5V13H5.5zM3 10.5V3h7.5',
  check: 'M3 8.5l3.2 3L13 4.5',
  plus: 'M8 3v10M3 8h10',
  filter: 'M2 3.5h12L9.5 8.8v4L6.5 11V8.8z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4l3.1 3.1',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8',
  warning: 'M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.3v.2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
