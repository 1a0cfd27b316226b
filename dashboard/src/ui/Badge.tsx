import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

export type Tone = 'neutral' | 'good' | 'info' | 'warn' | 'bad';

const ICONS: Record<Tone, IconName | undefined> = {
  neutral: undefined,
  good: 'check',
  info: 'info',
  warn: 'warning',
  bad: 'warning',
};

interface BadgeProps {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
}

/** A state in a word. The icon says good or bad to those who see no colours. */
export function Badge({ tone = 'neutral', icon, children }: BadgeProps) {
  const shown = icon ?? ICONS[tone];
  return (
    <span className={`badge badge-${tone}`}>
      {shown !== undefined && <Icon name={shown} />}
      {children}
    </span>
  );
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
