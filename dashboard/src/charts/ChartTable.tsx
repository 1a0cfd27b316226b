import { useCommon } from '../i18n/common';
import { BucketTime } from '../ui/Time';
import type { Series } from './series';

interface Props {
  title: string;
  times: readonly number[];
  step: number;
  series: readonly Series[];
  format: (value: number) => string;
  /** Only read aloud: beside a picture of the same. */
  unseen?: boolean;
}

const SEEN = { className: 'table-scroll chart-table', tabIndex: 0 };
const UNSEEN = { className: 'visually-hidden' };

/** The data of a chart in rows, the newest first. */
export function ChartTable({ title, times, step, series, format, unseen = false }: Props) {
  const t = useCommon();
  return (
    <div {...(unseen ? UNSEEN : SEEN)} role="group" aria-label={title}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((time, at) => (
              <tr key={time}>
                <th scope="row">
                  <BucketTime ms={time} step={step} />
                </th>
                {series.map(({ name, values }) => {
                  const value = values[at];
                  return (
                    <td key={name} className="number">
                      {value === undefined ? '–' : format(value)}
                    </td>
                  );
                })}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  );
}
