import { bucketLabel } from '../format/time';
import { useCommon } from '../i18n/common';
import type { Series } from './series';

interface Props {
  title: string;
  times: readonly number[];
  step: number;
  series: readonly Series[];
  format: (value: number) => string;
}

/** The data of a chart in rows, the newest first. */
export function ChartTable({ title, times, step, series, format }: Props) {
  const t = useCommon();
  return (
    <div className="table-scroll chart-table" tabIndex={0} role="group" aria-label={title}>
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
                <th scope="row">{bucketLabel(time, step)}</th>
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
