import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'good' | 'info' | 'warn' | 'bad';

export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

export function statusTone(status: number): Tone {
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  if (status >= 300) return 'info';
  return status >= 200 ? 'good' : 'neutral';
}

/** A status code; events that are not HTTP have none. */
export function Status({ code }: { code: number }) {
  if (code === 0) return <span className="status status-neutral">–</span>;
  return <span className={`status status-${statusTone(code)}`}>{code}</span>;
}
