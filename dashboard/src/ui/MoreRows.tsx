import { useCommon } from '../i18n/common';
import { ErrorNotice } from './Notice';

/** Of a query that is read page by page: what its list has to know. */
export interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => Promise<unknown>;
}

interface Props {
  /** The query whose pages are shown. */
  of: Pages;
  /** What is asked for: "Show more events". */
  label?: string;
}

/** A way to the rows that are not shown yet, while there are any. */
export function MoreRows({ of, label }: Props) {
  const t = useCommon();
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = of;
  const fetch = () => void fetchNextPage();
  if (!hasNextPage) return null;
  if (isFetchNextPageError) {
    return (
      <div className="table-foot">
        <ErrorNotice error={error} busy={isFetchingNextPage} onRetry={fetch} />
      </div>
    );
  }
  return (
    <p className="table-foot">
      <button type="button" className="link" onClick={fetch} disabled={isFetchingNextPage}>
        {isFetchingNextPage ? t('loading') : (label ?? t('showMore'))}
      </button>
    </p>
  );
}
