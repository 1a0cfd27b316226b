import { useCommon } from '../i18n/common';

interface Props {
  /** What will stand here: a line, a table of so many rows, a chart, two of them, or a whole page. */
  shape?: 'block' | 'chart' | 'charts' | 'page' | 'lines';
  rows?: number;
}

/** Holds the place of what is being loaded, in its size, so that nothing jumps. */
export function Skeleton({ shape = 'block', rows = 5 }: Props) {
  const t = useCommon();
  if (shape === 'lines') {
    return (
      <div className="skeleton-lines" role="status" aria-label={t('loading')}>
        {Array.from({ length: rows }, (_, index) => (
          <div key={index} className="skeleton skeleton-line" />
        ))}
      </div>
    );
  }
  return <div className={`skeleton skeleton-${shape}`} role="status" aria-label={t('loading')} />;
}
