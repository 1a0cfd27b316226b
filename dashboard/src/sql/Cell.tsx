import { useTexts } from '../i18n/catalogue';
import { Time } from '../ui/Time';
import { type ColumnKind, cellText } from './columns';
import { sqlTexts } from './texts';

/** A value of an answer: times in the reader's zone, nothing told from an empty text. */
export function Cell({ value, kind }: { value: unknown; kind: ColumnKind }) {
  const t = useTexts(sqlTexts);
  if (value === null || value === undefined) return <span className="sql-null">{t('null')}</span>;
  if (kind === 'time' && typeof value === 'string') return <Time value={value} look="clock" />;
  return cellText(value, kind);
}
